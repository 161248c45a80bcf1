import { passes } from './scenarios-passes.ts';
import { people } from './scenarios-people.ts';
import { tools } from './scenarios-tools.ts';
import type { Scenario } from './scenario.ts';

/** What every engine must do alike. */
export const scenarios: Scenario[] = [...passes, ...people, ...tools];

import { workflow } from '../../workflows/index.ts';
import type { DoctorChain } from './definition.ts';

export const doctor = workflow<DoctorChain>(async ({ steps }, all) => {
  await Promise.all(steps.map((step) => all[step]?.({})));
  return { ok: true };
});

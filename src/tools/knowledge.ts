import type { Source } from '../define/source.ts';
import { interleave } from './interleave.ts';
import { queriesOf, queryOf } from './queries.ts';

export interface KnowledgeOptions<I> {
  name?: string;
  /** Search this collection only. */
  collection?: string;
  /** What to search for; a whole ticket is fine. Absent: the input's `question`, `query`, `subject`, `body` or `text`. */
  query?: (input: I) => string;
}

/** The knowledge base in Postgres, filled by `trimtab knowledge import`. Its passages are ours. */
export function knowledge<I>(options: KnowledgeOptions<I> = {}): Source<I> {
  const name = options.name ?? 'knowledge';
  return {
    name,
    place: 'local',
    async search(input, { keep, missing, services }) {
      const queries = queriesOf((options.query ?? queryOf)(input), missing);
      const found = await Promise.all(queries.map((query) => services.knowledge(query, { keep, collection: options.collection })));
      return interleave(found, keep).map((passage) => ({ ...passage, source: name }));
    },
  };
}

import { z } from 'zod';
import type { Source } from '../define/source.ts';
import { tool, type Tool } from '../define/tool.ts';
import type { Passage } from '../shapes/passage.ts';

interface Usual {
  /** The source's own when absent, what is no letter or digit as _. */
  name?: string;
  description: string;
  /** At most so many passages a call: 5 when absent. */
  keep?: number;
  /** What a call costs at most, in USD: what the source says of itself when absent. */
  usd?: number;
}

/** `ask` makes what the source is asked out of the model's arguments and the step's input: whose order it is comes from the input. */
interface Asking<Q, A, I> extends Usual {
  input: z.ZodType<A>;
  ask: (given: NoInfer<A>, input: I) => Q;
}

const Query = z.object({ query: z.string().min(1).describe('what to search for') });

/** A source as a tool that reads: the model writes the query, or the arguments of `input`. Its passages are evidence for checks and critics. */
export function asTool(source: Source<{ query: string }>, options: Usual): Tool<{ query: string }, Passage[]>;
export function asTool<Q, A, I = unknown>(source: Source<Q>, options: Asking<Q, A, I>): Tool<A, Passage[], I>;
export function asTool<Q, A, I>(source: Source<Q>, options: Usual | Asking<Q, A, I>): Tool<A, Passage[], I> {
  const { name, description, keep = 5, usd = source.usd ?? 0 } = options;
  // The first overload says that its source takes a query.
  const asks = 'ask' in options ? options : ({ input: Query, ask: (given: unknown) => given } as unknown as Asking<Q, A, I>);
  const made = tool<A, Passage[], I>({
    name: name ?? source.name.replace(/\W/g, '_'),
    description,
    input: asks.input,
    effect: 'reads',
    place: source.place,
    usd,
    do: (given, { input, signal, services }) => source.search(asks.ask(given, input), { keep, missing: [], signal, services }),
  });
  return source.ready ? { ...made, ready: (context) => source.ready?.(context) ?? Promise.resolve() } : made;
}

/** What a fault's run counted. One operation: a start, a decision, or what the fault says it is. */
export interface Counts {
  operations: number;
  kills: number;
  succeeded: number;
  /** Accepted and then neither ended nor waiting, or a record that is gone. */
  lost: number;
  /** Paid twice, sent out twice, decided twice. */
  doubled: number;
  /** What was measured beside it, for the table. */
  notes?: Record<string, number | string>;
}

/** How much of it: `kills` is what this run is asked to do, the scenario takes it as its measure. */
export interface Size {
  kills: number;
  seed: number;
  /** False: the slice that `npm test` carries. */
  full: boolean;
}

/**
 * One fault of docs/reliability.md. `kills`: for the slice and for the full run, which is made in parts of `part` kills, each
 * on a stack of its own, so that a sitting that is cut short loses one of them. Every file in scenarios/ exports some of these.
 */
export interface Fault {
  id: string;
  title: string;
  kills: { slice: number; full: number; part?: number };
  run(size: Size): Promise<Counts>;
}

export const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && typeof (value as Fault).id === 'string' && typeof (value as Fault).run === 'function';

/** A fault may not pass empty: four of five operations succeed, and nothing is lost or doubled. Throws otherwise. */
export function judge(counts: Counts): Counts {
  const { operations, succeeded, lost, doubled } = counts;
  const wrong = [
    ...(operations === 0 ? ['nothing was done'] : []),
    ...(succeeded < 0.8 * operations ? [`only ${succeeded} of ${operations} operations succeeded`] : []),
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(doubled > 0 ? [`${doubled} doubled`] : []),
  ];
  if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: ${JSON.stringify(counts)}`);
  return counts;
}

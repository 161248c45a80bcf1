export interface Interval {
  from: number;
  to: number;
}
interface Gap {
  at: number;
  width: number;
  ms: number;
}
export interface Scale {
  active: number;
  gaps: Gap[];
  place(time: number): number;
}

/** A gap takes at most this share of the time in which something ran. */
const gapShare = 0.08;

/** Places times on 0 to 100 percent so that long gaps between the intervals do not crush what happened. `active` in ms. */
export function scaleOf(intervals: Interval[]): Scale {
  const busy: Interval[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = busy.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else busy.push({ from, to });
  }
  const active = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const most = Math.max(1, active * gapShare);
  let width = 0;
  const pieces = busy.map(({ from, to }, i) => {
    const idle = i === 0 ? 0 : from - busy[i - 1]!.to;
    const gap = Math.min(idle, most);
    const piece = { from, to, idle, gap, folded: idle > most, at: width + gap };
    width = piece.at + to - from;
    return piece;
  });
  const percent = (x: number): number => (100 * x) / Math.max(1, width);
  return {
    active,
    gaps: pieces
      .filter((piece) => piece.folded)
      .map((piece) => ({ at: percent(piece.at - piece.gap), width: percent(piece.gap), ms: piece.idle })),
    place: (time) => {
      const piece = pieces.findLast(({ from }) => from <= time) ?? pieces[0];
      return piece ? percent(piece.at + Math.min(time, piece.to) - piece.from) : 0;
    },
  };
}

/**
 * Which line each stretch goes on, from 0, so that none lies on another and each has at least so much to itself: what ran side
 * by side stands one below the other. `at`, `width` and `least` in percent of a line.
 */
export function linesOf(stretches: readonly { at: number; width: number }[], least: number): number[] {
  const ends: number[] = [];
  const lines = new Map<number, number>();
  const placed = stretches.map(({ at, width }, n) => ({ n, from: Math.max(0, Math.min(at, 100 - least)), width: Math.max(least, width) }));
  for (const { n, from, width } of placed.toSorted((a, b) => a.from - b.from)) {
    // What ends where the next begins may end a hair after it, in floating point.
    const free = ends.findIndex((end) => end <= from + 0.01);
    const line = free < 0 ? ends.length : free;
    ends[line] = from + width;
    lines.set(n, line);
  }
  return stretches.map((_, n) => lines.get(n) ?? 0);
}

import { moment } from '../parts/time.tsx';
import type { FieldError } from './shapes.ts';

/** The server writes times for machines; people read their own clock. */
const inLocalTime = (text: string): string => text.replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => moment(iso));

/** What went wrong, in the words of RFC 9457: what (title), why (detail), what next. `body` holds further members, such as the current state. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly next: string;
  readonly requestId: string | null;
  readonly errors: FieldError[];
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    const text = (key: string, otherwise: string): string => (typeof body[key] === 'string' ? body[key] : otherwise);
    super(inLocalTime(text('detail', `The server answered ${status}.`)));
    this.status = status;
    this.title = text('title', 'The request failed');
    this.code = text('code', 'internal');
    this.next = text('next', 'Try again; if it stays, `trimtab doctor` names what is down.');
    this.requestId = typeof body['request_id'] === 'string' ? body['request_id'] : null;
    this.errors = Array.isArray(body['errors']) ? (body['errors'] as FieldError[]) : [];
    this.body = body;
  }
}

/** The server could not be reached at all. Status 0. */
export const unreachable = (): Problem =>
  new Problem(0, {
    title: 'The server does not answer',
    code: 'unreachable',
    detail: 'Nothing came back from trimtab.',
    next: 'Look at the terminal that runs trimtab. This page tries again by itself.',
  });

export const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(0, {
        title: 'This page failed',
        detail: error instanceof Error ? error.message : String(error),
        next: 'Reload the page.',
      });

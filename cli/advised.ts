import type { ErrorCode } from '../src/errors.ts';

/** A failure whose next step is another one in a terminal than for a caller of the API. */
export class Advised extends Error {
  override readonly name = 'Advised';
  readonly code: ErrorCode;
  readonly next: string;
  constructor(code: ErrorCode, message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}

import { createHash } from 'node:crypto';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-node';

const hexOf = (text: string, digits: number): string => {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, digits);
  // All zeros means "no id" to OpenTelemetry.
  return /^0+$/.test(hex) ? hex.replace(/0$/, '1') : hex;
};

/** The trace of a run: every process finds it from the run's id, also after days and restarts. */
export const traceIdOf = (run_id: string): string => hexOf(run_id, 32);

/** A span that others must be able to name: the same in every process. */
export const spanIdOf = (run_id: string, key: string): string => hexOf(`${run_id} ${key}`, 16);

/** Ids by chance, but for the one that is set before a span begins: OpenTelemetry asks for it in the same turn. */
export class SettableIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: { trace: string; span: string | null } | null = null;
  set(next: { trace: string; span: string | null }): void {
    this.#next = next;
  }
  generateTraceId = (): string => this.#next?.trace ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#next?.span ?? this.#random.generateSpanId();
}

/** `open_ms` null: closed. Above zero: calls are not made for so long. Zero: half open, one call at a time may try. */
export interface BreakerState {
  failures: number;
  open_ms: number | null;
  trouble: string | null;
}

/** A provider as doctor and metrics show it. */
export interface ProviderState {
  provider: string;
  breaker: 'closed' | 'open' | 'half open';
  trouble: string | null;
  waiting: number;
  last_minute: number;
}

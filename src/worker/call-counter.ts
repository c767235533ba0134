import type { CallEvent } from '../connectors/transport/exchange.ts';
import type { CallCounts, CallLedger } from '../store/types.ts';

const FLUSH_EVERY_MS = 1_000;

/** Counts the calls of each run and writes the counts to the store once a second. */
export class CallCounter {
  readonly #ledger: CallLedger;
  readonly #timer: NodeJS.Timeout;
  #waiting = new Map<string, CallCounts>();
  #flushing: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(ledger: CallLedger) {
    this.#ledger = ledger;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  readonly observe = ({ connector, run, throttled }: CallEvent): void => {
    const counts = this.#waiting.get(run) ?? { okta: 0, jira: 0, slack: 0, throttled: 0 };
    // The jobs whose calls are counted use no other vendors.
    if (connector in counts) counts[connector as keyof CallCounts] += 1;
    if (throttled) counts.throttled += 1;
    this.#waiting.set(run, counts);
  };

  /**
   * Writes the counts; simultaneous calls share one write. Counts that cannot be written are kept
   * for the next one.
   */
  flush(): Promise<void> {
    this.#flushing ??= this.#next();
    return this.#flushing;
  }

  async #next(): Promise<void> {
    await this.#writing;
    this.#flushing = null;
    this.#writing = this.#write();
    await this.#writing;
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [run, counts] of waiting) {
      await this.#ledger.add(run, counts).catch(() => this.#keep(run, counts));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #keep(run: string, counts: CallCounts): void {
    const later = this.#waiting.get(run) ?? { okta: 0, jira: 0, slack: 0, throttled: 0 };
    for (const name of ['okta', 'jira', 'slack', 'throttled'] as const) later[name] += counts[name];
    this.#waiting.set(run, later);
  }
}

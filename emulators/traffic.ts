import type { ServerResponse } from 'node:http';
import type { VendorName } from './types.ts';

/** The requests of one operation since the start. In flight are begun − answered − cut. */
export interface TrafficStatistics {
  vendor: VendorName;
  operation: string;
  begun: number;
  answered: number;
  /**
   * The caller's connection ended before the answer was sent, for example because its process was
   * killed.
   */
  cut: number;
}

/** Counts requests as callers see them, whatever the vendor answered. */
export class Traffic {
  readonly #rows = new Map<string, TrafficStatistics>();

  /** Counts a request now, and its answer when the response ends. */
  begin(vendor: VendorName, operation: string, response: ServerResponse): void {
    const row = this.#row(vendor, operation);
    row.begun += 1;
    response.once('close', () => {
      if (response.writableFinished) row.answered += 1;
      else row.cut += 1;
    });
  }

  /** Number of requests of a vendor that are neither answered nor cut. */
  inFlight(vendor: VendorName): number {
    const rows = [...this.#rows.values()].filter((row) => row.vendor === vendor);
    return rows.reduce((sum, { begun, answered, cut }) => sum + begun - answered - cut, 0);
  }

  statistics(): TrafficStatistics[] {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }

  #row(vendor: VendorName, operation: string): TrafficStatistics {
    const key = `${vendor} ${operation}`;
    const found = this.#rows.get(key);
    if (found) return found;
    const made = { vendor, operation, begun: 0, answered: 0, cut: 0 };
    this.#rows.set(key, made);
    return made;
  }
}

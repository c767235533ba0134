import type { ServerResponse } from 'node:http';
import type { VendorName } from './types.ts';

/**
 * What became of the requests of one operation since the start; begun − answered − cut are in
 * flight.
 */
export interface TrafficStatistics {
  vendor: VendorName;
  operation: string;
  begun: number;
  answered: number;
  /**
   * The caller's connection ended before the answer had left: what was in flight when its process
   * was killed.
   */
  cut: number;
}

/** Counts requests as callers see them, whatever the vendor made of them. */
export class Traffic {
  readonly #rows = new Map<string, TrafficStatistics>();

  /** Counts a request now and its answer when the response ends. */
  begin(vendor: VendorName, operation: string, response: ServerResponse): void {
    const row = this.#row(vendor, operation);
    row.begun += 1;
    response.once('close', () => {
      if (response.writableFinished) row.answered += 1;
      else row.cut += 1;
    });
  }

  /** Requests of a vendor that were begun and have neither been answered nor cut. */
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

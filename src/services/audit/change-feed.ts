import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../store/types.ts';

/** What changes are about. */
export const TOPICS = ['runs', 'syncs', 'approvals', 'flow-runs'] as const;
export type Topic = (typeof TOPICS)[number];

/** Something changed: the run, sync or request with this id. */
export interface Change {
  topic: Topic;
  id: string;
}

/** The families of audit kinds, `scan` of `scan.started`, and what they are about. */
const TOPIC_OF: Readonly<Record<string, Topic>> = {
  scan: 'runs',
  user: 'runs',
  ticket: 'runs',
  summary: 'runs',
  sync: 'syncs',
  approval: 'approvals',
  flow: 'flow-runs',
};

const POLL_MS = 1_000;

interface Waiter {
  position: number;
  resolve: (head: number | null) => void;
}

/**
 * Changes by the audit trail, which records each of them in its transaction. A position is a number
 * of entries, so that a reader that comes back misses nothing. The trail is polled only while
 * somebody waits; all who wait share one query.
 */
export class ChangeFeed {
  readonly #store: Pick<Store, 'audit'>;
  readonly #everyMs: number;
  readonly #waiters = new Set<Waiter>();
  #isPolling = false;
  #last: { key: string; changes: Promise<Change[]> } | null = null;

  constructor(store: Pick<Store, 'audit'>, everyMs = POLL_MS) {
    this.#store = store;
    this.#everyMs = everyMs;
  }

  /** The position of the newest change. */
  async head(): Promise<number> {
    return (await this.#store.audit.head()).entries;
  }

  /**
   * The changes after one position up to another, each once. Readers at the same position share the
   * query.
   */
  changes(from: number, to: number): Promise<Change[]> {
    const key = `${from}-${to}`;
    if (this.#last?.key === key) return this.#last.changes;
    const changes = this.#read(from, to);
    this.#last = { key, changes };
    changes.catch(() => (this.#last = null));
    return changes;
  }

  /** Waits until the trail is at another position, which it returns; null if aborted. */
  waitBeyond(position: number, signal: AbortSignal): Promise<number | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter = { position, resolve: (head: number | null) => settle(head) };
      const settle = (head: number | null): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', giveUp);
        resolve(head);
      };
      const giveUp = (): void => settle(null);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.add(waiter);
      void this.#poll();
    });
  }

  async #read(from: number, to: number): Promise<Change[]> {
    const marks = await this.#store.audit.marks(from, to);
    const found = marks.flatMap(({ family, run, request }): Change[] => {
      const topic = TOPIC_OF[family];
      const id = topic === 'approvals' ? request : run;
      return topic === undefined || id === null || id === '' ? [] : [{ topic, id }];
    });
    return [...new Map(found.map((change) => [`${change.topic} ${change.id}`, change])).values()];
  }

  /** Errors of the store are no change: the next poll tries again. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      while (this.#waiters.size > 0) {
        const head = await this.head().catch(() => null);
        for (const { position, resolve } of this.#waiters)
          if (head !== null && head !== position) resolve(head);
        if (this.#waiters.size > 0) await delay(this.#everyMs, undefined, { ref: false });
      }
    } finally {
      this.#isPolling = false;
    }
  }
}

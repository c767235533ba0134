import { allotSlots, freshBucket, refresh, settle, wakeAt } from './bucket.ts';
import { readSample } from './headers.ts';
import type { Allotment, FinishedCall, SlotKind, Wanted } from './bucket.ts';
import type { BucketState, BucketStore, Clock, Permit, Priority, Quota } from './types.ts';

interface BucketQueueSettings {
  bucket: string;
  /** Names this process in the store. */
  owner: string;
  quota: Quota;
  maxInFlight: number;
  clock: Clock;
  store: BucketStore;
}

interface Waiting {
  grant(permit: Permit): void;
  fail(error: unknown): void;
}

/** The result of one update of the store. */
interface UpdateResult extends Allotment {
  wakeAt: number | null;
  unlimited: boolean;
  /** Processes that currently use the bucket. */
  users: number;
}

/** How often a process with requests in flight updates its heartbeat. */
const HEARTBEAT_MS = 3_000;
/** How long finished calls are batched, and spare slots kept, while no request waits. */
const BATCH_MS = 20;

/**
 * One bucket in one process: the waiting requests, and the finished calls. Everything collected so
 * far goes to the store in one step, while the next batch is being collected.
 */
export class BucketQueue {
  readonly #settings: BucketQueueSettings;
  readonly #queues: Record<Priority, Waiting[]> = { interactive: [], scan: [] };
  #finished: FinishedCall[] = [];
  #inFlight = 0;
  /** Slots that the store gave beyond those requested. */
  #spare = 0;
  #unlimited = false;
  #users = 1;
  #updating = false;
  #updateAgain = false;
  #stopTimer: (() => void) | null = null;
  #wakesAt = 0;

  constructor(settings: BucketQueueSettings) {
    this.#settings = settings;
  }

  acquire(priority: Priority, signal?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const queue = this.#queues[priority];
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      const done = (): void => signal?.removeEventListener('abort', leave);
      const waiting: Waiting = {
        grant: (permit) => (done(), resolve(permit)),
        fail: (error) => (done(), reject(error)),
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      this.#serve();
    });
  }

  /** Grants what can be granted without the store, and requests the rest from the store. */
  #serve(): void {
    if (this.#unlimited) this.#grant(this.#wanted(), 'ordinary');
    else if (this.#spare > 0)
      this.#spare -= this.#grant(limitTo(this.#spare, this.#wanted()), 'ordinary');
    const { interactive, scan } = this.#requested();
    const hasProbe = this.#finished.some(({ slot }) => slot === 'probe');
    if (hasProbe || (interactive + scan > 0 && !this.#unlimited)) void this.#update();
    else this.#updateLater();
  }

  async #update(): Promise<void> {
    this.#updateAgain = true;
    if (this.#updating) return;
    this.#updating = true;
    while (this.#updateAgain) {
      this.#updateAgain = false;
      await this.#updateOnce();
    }
    this.#updating = false;
  }

  async #updateOnce(): Promise<void> {
    this.#stop();
    const { store, bucket } = this.#settings;
    const finished = this.#finished;
    this.#finished = [];
    try {
      this.#apply(await store.change(bucket, (state, now) => this.#step(finished, { state, now })));
    } catch (error) {
      this.#finished = [...finished, ...this.#finished];
      for (const queue of Object.values(this.#queues))
        for (const waiting of queue.splice(0)) waiting.fail(error);
      this.#updateLater();
    }
  }

  #step(
    finished: readonly FinishedCall[],
    { state: known, now }: { state: BucketState | null; now: number },
  ): { state: BucketState; result: UpdateResult } {
    const { owner, quota } = this.#settings;
    const state = known ?? freshBucket();
    const report = (count: number): void =>
      void (state.owners[owner] = { inFlight: count, seenAt: now });
    // Calls that finished since this update began are part of the next one; until then they count
    // as in flight.
    const inFlight = this.#inFlight + this.#finished.length + this.#spare;
    report(inFlight);
    refresh(state, now);
    for (const one of finished) settle(state, one);
    refresh(state, now);
    const allotment = allotSlots(state, { owner, quota, wanted: this.#requested() }, now);
    report(inFlight + allotment.given.interactive + allotment.given.scan + allotment.spare);
    const { owners } = state;
    const unlimited =
      state.unlimited && now >= state.blockedUntil && (state.atOnce ?? null) === null;
    const result = { ...allotment, wakeAt: wakeAt(state, { owner, quota }, now), unlimited };
    return { state, result: { ...result, users: Object.keys(owners).length } };
  }

  #apply({ given, spare, slot, wakeAt: at, unlimited, users }: UpdateResult): void {
    this.#unlimited = unlimited;
    this.#users = users;
    const left = given.interactive + given.scan - this.#grant(given, slot);
    // A request that was cancelled in the meantime leaves its slot behind.
    if (slot === 'ordinary') this.#spare += spare + left;
    else if (left > 0) this.#finished.push({ slot, sentAt: 0, receivedAt: 0, sample: null });
    if (this.#finished.length > 0 && this.#hasWaiting()) this.#updateAgain = true;
    else if (this.#hasWaiting() && at !== null) this.#wake(at);
    else this.#updateLater();
  }

  #grant(given: Wanted, slot: SlotKind): number {
    const waiting = [
      ...this.#queues.interactive.splice(0, given.interactive),
      ...this.#queues.scan.splice(0, given.scan),
    ];
    this.#inFlight += waiting.length;
    for (const one of waiting) one.grant(this.#permit(slot));
    return waiting.length;
  }

  #permit(slot: SlotKind): Permit {
    const { store } = this.#settings;
    const sentAt = store.now();
    let open = true;
    return {
      settle: (settlement) => {
        const sample = settlement && readSample(settlement);
        if (!open) return sample;
        open = false;
        this.#inFlight -= 1;
        // Without a limit, only a response that reports one is worth an update.
        const reports =
          sample !== null &&
          (sample.window !== null || sample.throttled || sample.emptyForMs !== null);
        const nothingNew = this.#unlimited && sample !== null && !reports;
        if (!nothingNew) this.#finished.push({ slot, sentAt, receivedAt: store.now(), sample });
        if (reports) this.#unlimited = false;
        // Slots that were given ahead would be sent at once.
        if (sample?.concurrent || typeof sample?.emptyForMs === 'number') this.#spare = 0;
        this.#serve();
        return sample;
      },
    };
  }

  /** The waiting requests that the limits of this process allow to be sent. */
  #wanted(): Wanted {
    const { maxInFlight } = this.#settings;
    const most = this.#unlimited ? maxInFlight : Math.max(1, Math.floor(maxInFlight / this.#users));
    return limitTo(Math.max(0, most - this.#inFlight), {
      interactive: this.#queues.interactive.length,
      scan: this.#queues.scan.length,
    });
  }

  /** The requests that need slots from the store: none while there are spare slots. */
  #requested(): Wanted {
    return this.#spare > 0 ? { interactive: 0, scan: 0 } : this.#wanted();
  }

  #hasWaiting(): boolean {
    return this.#queues.interactive.length + this.#queues.scan.length > 0;
  }

  /**
   * Schedules an update for finished calls, spare slots and the heartbeat, none of which is urgent.
   */
  #updateLater(): void {
    if (this.#updating) return;
    const { store } = this.#settings;
    if (this.#finished.length > 0 || this.#spare > 0) {
      this.#wake(store.now() + BATCH_MS);
      return;
    }
    if (this.#inFlight > 0 && !this.#unlimited) this.#wake(store.now() + HEARTBEAT_MS);
  }

  #wake(at: number): void {
    if (this.#stopTimer && this.#wakesAt <= at) return;
    this.#stop();
    this.#wakesAt = at;
    const { clock, store } = this.#settings;
    // One millisecond more, because a timer may fire slightly early, before anything has changed.
    this.#stopTimer = clock.after(at - store.now() + 1, () => {
      this.#stopTimer = null;
      if (!this.#hasWaiting()) this.#spare = 0;
      void this.#update();
    });
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }
}

const limitTo = (most: number, { interactive, scan }: Wanted): Wanted => {
  const first = Math.min(interactive, most);
  return { interactive: first, scan: Math.min(scan, most - first) };
};

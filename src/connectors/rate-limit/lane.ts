import { freshBucket, refresh, settle, take, wakeAt } from './bucket.ts';
import { readSample } from './headers.ts';
import type { Place, Settled, Taken, Wanted } from './bucket.ts';
import type { BucketBook, BucketState, Clock, Permit, Priority, Quota } from './types.ts';

export interface LaneSettings {
  bucket: string;
  /** Names this process in the book. */
  owner: string;
  quota: Quota;
  maxInFlight: number;
  clock: Clock;
  book: BucketBook;
}

interface Waiting {
  grant(permit: Permit): void;
  fail(error: unknown): void;
}

/** What one look into the book brought. */
interface Looked extends Taken {
  wakeAt: number | null;
  unlimited: boolean;
  /** Processes that use the bucket now. */
  users: number;
}

/** How often a process with requests under way tells that it lives. */
const SIGN_OF_LIFE_MS = 3_000;
/** How long answers that nobody here waits for may gather, and spare places may lie unused. */
const GATHER_MS = 20;

/**
 * One bucket in one process: those who wait, and the calls that came back. Everything that has
 * gathered goes into the book in one step, and meanwhile gathers again.
 */
export class Lane {
  readonly #settings: LaneSettings;
  readonly #queues: Record<Priority, Waiting[]> = { interactive: [], scan: [] };
  #settled: Settled[] = [];
  #inFlight = 0;
  /** Places that the book gave beyond what was asked for. */
  #spare = 0;
  #unlimited = false;
  #users = 1;
  #looking = false;
  #again = false;
  #stopTimer: (() => void) | null = null;
  #wakesAt = 0;

  constructor(settings: LaneSettings) {
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

  /** Grants what can be granted without the book, and asks the book for the rest. */
  #serve(): void {
    if (this.#unlimited) this.#grant(this.#wanted(), 'ordinary');
    else if (this.#spare > 0)
      this.#spare -= this.#grant(upTo(this.#spare, this.#wanted()), 'ordinary');
    const { interactive, scan } = this.#asked();
    const tells = this.#settled.some(({ place }) => place === 'probe');
    if (tells || (interactive + scan > 0 && !this.#unlimited)) void this.#look();
    else this.#lookLater();
  }

  async #look(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#again) {
      this.#again = false;
      await this.#lookOnce();
    }
    this.#looking = false;
  }

  async #lookOnce(): Promise<void> {
    this.#stop();
    const { book, bucket } = this.#settings;
    const settled = this.#settled;
    this.#settled = [];
    try {
      this.#follow(await book.change(bucket, (state, now) => this.#step(settled, { state, now })));
    } catch (error) {
      this.#settled = [...settled, ...this.#settled];
      for (const queue of Object.values(this.#queues))
        for (const waiting of queue.splice(0)) waiting.fail(error);
      this.#lookLater();
    }
  }

  #step(
    settled: readonly Settled[],
    { state: known, now }: { state: BucketState | null; now: number },
  ): { state: BucketState; result: Looked } {
    const { owner, quota } = this.#settings;
    const state = known ?? freshBucket();
    const tell = (inFlight: number): void => void (state.owners[owner] = { inFlight, seenAt: now });
    // What came back since this look began is told in the next one: until then it counts as under
    // way.
    const underWay = this.#inFlight + this.#settled.length + this.#spare;
    tell(underWay);
    refresh(state, now);
    for (const one of settled) settle(state, one);
    refresh(state, now);
    const taken = take(state, { owner, quota, wanted: this.#asked() }, now);
    tell(underWay + taken.given.interactive + taken.given.scan + taken.spare);
    const { owners } = state;
    const unlimited = state.unlimited && now >= state.blockedUntil;
    const result = { ...taken, wakeAt: wakeAt(state, { owner, quota }, now), unlimited };
    return { state, result: { ...result, users: Object.keys(owners).length } };
  }

  #follow({ given, spare, place, wakeAt: at, unlimited, users }: Looked): void {
    this.#unlimited = unlimited;
    this.#users = users;
    const left = given.interactive + given.scan - this.#grant(given, place);
    // Who gave up meanwhile leaves a place behind.
    if (place === 'ordinary') this.#spare += spare + left;
    else if (left > 0) this.#settled.push({ place, sentAt: 0, receivedAt: 0, sample: null });
    if (this.#settled.length > 0 && this.#waits()) this.#again = true;
    else if (this.#waits() && at !== null) this.#wake(at);
    else this.#lookLater();
  }

  #grant(given: Wanted, place: Place): number {
    const waiting = [
      ...this.#queues.interactive.splice(0, given.interactive),
      ...this.#queues.scan.splice(0, given.scan),
    ];
    this.#inFlight += waiting.length;
    for (const one of waiting) one.grant(this.#permit(place));
    return waiting.length;
  }

  #permit(place: Place): Permit {
    const { book } = this.#settings;
    const sentAt = book.now();
    let open = true;
    return {
      settle: (settlement) => {
        const sample = settlement && readSample(settlement);
        if (!open) return sample;
        open = false;
        this.#inFlight -= 1;
        // Where there is no limit, only an answer that tells of one is worth a look into the book.
        const nothingNew =
          this.#unlimited && sample !== null && !sample.window && !sample.throttled;
        if (!nothingNew) this.#settled.push({ place, sentAt, receivedAt: book.now(), sample });
        if (sample?.window || sample?.throttled) this.#unlimited = false;
        this.#serve();
        return sample;
      },
    };
  }

  /** Who waits and may go as far as this process is concerned. */
  #wanted(): Wanted {
    const { maxInFlight } = this.#settings;
    const most = this.#unlimited ? maxInFlight : Math.max(1, Math.floor(maxInFlight / this.#users));
    return upTo(Math.max(0, most - this.#inFlight), {
      interactive: this.#queues.interactive.length,
      scan: this.#queues.scan.length,
    });
  }

  /** Who has to ask the book: nobody while there are spare places. */
  #asked(): Wanted {
    return this.#spare > 0 ? { interactive: 0, scan: 0 } : this.#wanted();
  }

  #waits(): boolean {
    return this.#queues.interactive.length + this.#queues.scan.length > 0;
  }

  /** Answers without anybody waiting, spare places and signs of life have time. */
  #lookLater(): void {
    if (this.#looking) return;
    const { book } = this.#settings;
    if (this.#settled.length > 0 || this.#spare > 0) {
      this.#wake(book.now() + GATHER_MS);
      return;
    }
    if (this.#inFlight > 0 && !this.#unlimited) this.#wake(book.now() + SIGN_OF_LIFE_MS);
  }

  #wake(at: number): void {
    if (this.#stopTimer && this.#wakesAt <= at) return;
    this.#stop();
    this.#wakesAt = at;
    const { clock, book } = this.#settings;
    // One millisecond more: timers may fire a little early, and then nothing would have changed
    // yet.
    this.#stopTimer = clock.after(at - book.now() + 1, () => {
      this.#stopTimer = null;
      if (!this.#waits()) this.#spare = 0;
      void this.#look();
    });
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }
}

const upTo = (most: number, { interactive, scan }: Wanted): Wanted => {
  const first = Math.min(interactive, most);
  return { interactive: first, scan: Math.min(scan, most - first) };
};

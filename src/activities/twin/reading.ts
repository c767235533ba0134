import { ConnectorError } from '../../connectors/errors.ts';
import type { ReadOutcome } from '../../store/twin-sync-types.ts';
import { againLater, isFinal, LANES } from '../mfa/checking.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { reportProgress } from '../support/running.ts';
import type { SyncDeps } from './deps.ts';
import { syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import type { SyncActivities } from './types.ts';
import { WORKS } from './works.ts';
import type { Work } from './works.ts';

/** Readings that one transaction keeps; a worker that is killed repeats at most so many calls. */
const KEPT_AT_ONCE = 16;

/**
 * `readSyncItems`: everything that is read of the items of a slice. What was read is not read
 * again.
 */
export function readSyncItems(deps: SyncDeps): SyncActivities['readSyncItems'] {
  return async ({ run, list, ...slice }) => {
    const sync = await syncOf(deps.store, run);
    const ids = await deps.store.twin.work.items(run, list, slice);
    for (const work of WORKS[list]) await new Reading(deps, sync, work).all(ids);
    return { read: ids.length };
  };
}

interface Ended<Value> {
  id: string;
  outcome: ReadOutcome;
  value: Value | null;
}

/** One kind of reading over some items, several at a time. */
class Reading<Value> {
  readonly #deps: SyncDeps;
  readonly #sync: Sync;
  readonly #work: Work<Value>;
  readonly #troubles: ConnectorError[] = [];
  #ended: Ended<Value>[] = [];
  #kept: Promise<void> = Promise.resolve();

  constructor(deps: SyncDeps, sync: Sync, work: Work<Value>) {
    this.#deps = deps;
    this.#sync = sync;
    this.#work = work;
  }

  /** Throws what should be tried again later, after everything else has been read and kept. */
  async all(ids: readonly string[]): Promise<void> {
    const queue = await this.#deps.store.twin.work.pending(this.#sync.run, this.#work.work, ids);
    let checked = ids.length - queue.length;
    const lane = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const trouble = await this.#one(id);
        if (trouble) this.#troubles.push(trouble);
        else reportProgress({ checked: ++checked, of: ids.length });
        if (trouble?.code === 'rate_limited') return;
      }
    };
    const lanes = await Promise.allSettled(
      Array.from({ length: Math.min(LANES, queue.length) }, lane),
    );
    await this.#keep();
    for (const end of lanes) if (end.status === 'rejected') throw end.reason;
    if (this.#troubles.length > 0) throw againLater(this.#troubles);
  }

  async #one(id: string): Promise<ConnectorError | null> {
    try {
      const value = await this.#work.read(this.#deps, this.#sync, id);
      await this.#end({ id, outcome: 'read', value });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const outcome = await this.#outcomeOf(id, error);
      if (outcome === null) return error;
      await this.#end({ id, outcome, value: null });
    }
    return null;
  }

  /** How a reading that failed ended; null where it must be tried again. */
  async #outcomeOf(id: string, error: ConnectorError): Promise<ReadOutcome | null> {
    if (isFinal(error)) return error.code === 'not_found' ? 'gone' : 'refused';
    if (error.code === 'rate_limited') return null;
    if (!error.retryable) throw error;
    const failures = await this.#deps.store.twin.work.countFailure(
      this.#sync.run,
      this.#work.work,
      id,
    );
    return failures < VENDOR_ATTEMPTS ? null : 'failed';
  }

  async #end(ended: Ended<Value>): Promise<void> {
    this.#ended.push(ended);
    if (this.#ended.length >= KEPT_AT_ONCE) await this.#keep();
  }

  /** Stores what has ended, one transaction after the other. */
  #keep(): Promise<void> {
    this.#kept = this.#kept.then(async () => {
      const results = this.#ended;
      this.#ended = [];
      if (results.length === 0) return;
      const of = { run: this.#sync.run, work: this.#work.work };
      await this.#deps.store.twin.work.settle(of, results, (tx) =>
        this.#work.keep(this.#deps, this.#sync, { tx, results }),
      );
    });
    return this.#kept;
  }
}

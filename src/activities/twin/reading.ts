import { ConnectorError } from '../../connectors/errors.ts';
import type { ReadEnd, ReadOutcome, SyncWork } from '../../store/twin-sync-types.ts';
import { READS_AT_ONCE, retryLater } from '../mfa/checking.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { isLastingRefusal } from '../support/refusals.ts';
import { reportProgress } from '../support/running.ts';
import { syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import type { SyncActivities } from './types.ts';
import { WORKS } from './works.ts';
import type { ReadDeps, Work } from './works.ts';

/** Results stored per transaction; after a worker is killed, at most so many calls are repeated. */
const STORED_AT_ONCE = 16;

/** `readSyncItems`: reads the details of the items of a slice, each only once. */
export function readSyncItems(deps: ReadDeps): SyncActivities['readSyncItems'] {
  return async ({ run, list, ...slice }) => {
    const sync = await syncOf(deps.store, run);
    const ids = await deps.store.twin.work.items(run, list, slice);
    for (const work of WORKS[list]) await new Reading(deps, sync, work).readAll(ids);
    return { read: ids.length };
  };
}

/**
 * What is one item's trouble if its answer stays malformed. Of the other reads, a share may fail
 * anyway (`scan.max_unknown`).
 */
const LASTS_IF_MALFORMED: ReadonlySet<SyncWork> = new Set(['members', 'group_roles', 'user_roles']);

interface Ended<Value> extends ReadEnd {
  value: Value | null;
}

/** Reads one kind of detail of some items, several at a time. */
class Reading<Value> {
  readonly #deps: ReadDeps;
  readonly #sync: Sync;
  readonly #work: Work<Value>;
  readonly #failures: ConnectorError[] = [];
  #ended: Ended<Value>[] = [];
  #stored: Promise<void> = Promise.resolve();

  constructor(deps: ReadDeps, sync: Sync, work: Work<Value>) {
    this.#deps = deps;
    this.#sync = sync;
    this.#work = work;
  }

  /** Throws what must be tried again, after everything else has been read and stored. */
  async readAll(ids: readonly string[]): Promise<void> {
    const pending = await this.#deps.store.twin.work.pending(this.#sync.run, this.#work.work, ids);
    const queue = await this.#withoutSkipped(pending);
    let checked = ids.length - queue.length;
    const runLane = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const failure = await this.#readOne(id);
        if (failure) this.#failures.push(failure);
        else reportProgress({ checked: ++checked, of: ids.length });
        if (failure?.code === 'rate_limited') return;
      }
    };
    const lanes = await Promise.allSettled(
      Array.from({ length: Math.min(READS_AT_ONCE, queue.length) }, runLane),
    );
    await this.#store();
    for (const end of lanes) if (end.status === 'rejected') throw end.reason;
    if (this.#failures.length > 0) throw retryLater(this.#failures);
  }

  /** Settles the items that are not to be read, and returns the others. */
  async #withoutSkipped(ids: readonly string[]): Promise<string[]> {
    const skipped = new Set(await this.#work.skipped?.(this.#deps, this.#sync, ids));
    for (const id of skipped)
      await this.#add({ id, outcome: 'skipped', code: 'skipped', value: null });
    return ids.filter((id) => !skipped.has(id));
  }

  async #readOne(id: string): Promise<ConnectorError | null> {
    try {
      const value = await this.#work.read(this.#deps, this.#sync, id);
      await this.#add({ id, outcome: 'read', value });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const outcome = await this.#outcomeOf(id, error);
      if (outcome === null) return error;
      const { code, fields } = error;
      await this.#add({ id, outcome, code, status: fields.status, value: null });
    }
    return null;
  }

  /** The outcome of a reading that failed; null if it must be tried again. */
  async #outcomeOf(id: string, error: ConnectorError): Promise<ReadOutcome | null> {
    if (isLastingRefusal(error)) return 'refused';
    if (error.code === 'not_found') return 'gone';
    if (error.code === 'rate_limited') return null;
    if (!error.retryable) throw error;
    const failures = await this.#deps.store.twin.work.countFailure(
      this.#sync.run,
      this.#work.work,
      id,
    );
    if (failures < VENDOR_ATTEMPTS) return null;
    const isLasting = error.code === 'malformed' && LASTS_IF_MALFORMED.has(this.#work.work);
    return isLasting ? 'refused' : 'failed';
  }

  async #add(ended: Ended<Value>): Promise<void> {
    this.#ended.push(ended);
    if (this.#ended.length >= STORED_AT_ONCE) await this.#store();
  }

  /** Stores the results so far, one transaction after the other. */
  #store(): Promise<void> {
    this.#stored = this.#stored.then(async () => {
      const results = this.#ended;
      this.#ended = [];
      if (results.length === 0) return;
      const of = { run: this.#sync.run, work: this.#work.work };
      await this.#deps.store.twin.work.settle(of, results, (tx) =>
        this.#work.keep(this.#deps, this.#sync, { tx, results }),
      );
    });
    return this.#stored;
  }
}

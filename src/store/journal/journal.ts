import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { AbortedTransactionError } from 'kysely';
import { AuditConflictError, AuditUnavailableError, OvertakenError } from '../../audit/errors.ts';
import { prepareEntry } from '../../audit/entry.ts';
import type { AuditReceipt, Journal, JournalEffect } from '../../audit/types.ts';
import type { CurrentAttempt } from './attempts.ts';
import { StoreQueryError, StoreUnavailableError } from '../errors.ts';
import { EffectError, runEffect } from './journal-effects.ts';
import { writeQuickly } from './journal-quick.ts';
import { writeAppends } from './journal-write.ts';
import type { Append, ChainEnd, Written, WrittenAppend } from './journal-write.ts';
import type { Database } from '../schema.ts';

/** Maximum number of drafts per transaction; an append with more drafts is not split. */
const GROUP_DRAFTS = 200;
/**
 * A statement costs the database as much as twenty entries. While many appends arrive at once, as
 * in a scan, the next group therefore waits this long (milliseconds) for enough of them. A single
 * writer never waits.
 */
const GATHER_MS = 8;
const ENOUGH = 64;
const MANY = 8;

interface Waiting extends Append {
  resolve(receipts: readonly AuditReceipt[]): void;
  reject(error: unknown): void;
}

/**
 * Creates the journal. Appends that arrive while a transaction runs share the next one (group
 * commit). An effect runs inside that transaction, may use only the given handle, and must be
 * idempotent: it also runs for a repeated append, and again if its group has to be split. `current`
 * is called once for each append.
 */
export function createJournal(db: Kysely<Database>, current: CurrentAttempt = () => null): Journal {
  const queue: Waiting[] = [];
  const trail = new Trail(db);
  let working = false;

  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    for (let many = false; queue.length > 0;) {
      if (many && queue.length < ENOUGH) await pause(GATHER_MS);
      const group = takeGroup(queue);
      many = group.length >= MANY;
      await commitGroup(trail, group);
    }
    working = false;
  };

  return {
    async append(drafts, effect, { isOutcome = false } = {}) {
      // Prepared here, so that an invalid draft does not affect a group, and later changes to the
      // caller's objects do not reach the trail.
      const append: Append = {
        drafts: drafts.map(prepareEntry),
        effect,
        attempt: current(),
        isOutcome,
      };
      if (effect?.long) return await appendAfter(db, append, effect);
      return await new Promise((resolve, reject) => {
        queue.push({ ...append, resolve, reject });
        void work();
      });
    },
  };
}

/**
 * The number of groups that use a transaction after the quick way has failed `n` times in a row,
 * because other processes write too, or entries are repeated.
 */
const longWay = (n: number): number => Math.min(64, 2 ** n) - 1;

/** Writes groups; in one statement if it knows the current end of the chain. */
class Trail {
  readonly #db: Kysely<Database>;
  #end: ChainEnd | null = null;
  #missed = 0;
  #long = 0;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async write(group: readonly Append[]): Promise<WrittenAppend[]> {
    const { appends, end } = (await this.#quickly(group)) ?? (await this.#inTransaction(group));
    this.#end = end;
    return appends;
  }

  async #quickly(group: readonly Append[]): Promise<Written | null> {
    const end = this.#end;
    this.#end = null;
    if (end === null || this.#long-- > 0) return null;
    const written = await writeQuickly(this.#db, group, end);
    this.#missed = written ? 0 : this.#missed + 1;
    this.#long = longWay(this.#missed);
    return written;
  }

  #inTransaction(group: readonly Append[]): Promise<Written> {
    return this.#db.transaction().execute((tx) => writeAppends(tx, group));
  }
}

/** Locks the end of the chain only after the effect has run; both are committed together. */
async function appendAfter(
  db: Kysely<Database>,
  append: Append,
  effect: JournalEffect,
): Promise<readonly AuditReceipt[]> {
  try {
    return await db.transaction().execute(async (tx) => {
      await runEffect(tx, effect);
      const { appends } = await writeAppends(tx, [
        { ...append, effect: undefined, isOutcome: false },
      ]);
      return appends[0]?.receipts ?? [];
    });
  } catch (error) {
    throw toJournalError(error);
  }
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let drafts = 0;
  const end = queue.findIndex(
    (waiting, n) => (drafts += waiting.drafts.length) > GROUP_DRAFTS && n > 0,
  );
  return queue.splice(0, end === -1 ? queue.length : end);
}

/**
 * Settles every member; never throws. If the group fails, each member is tried alone, so that only
 * the faulty one fails.
 */
async function commitGroup(trail: Trail, group: readonly Waiting[]): Promise<void> {
  try {
    const written = await trail.write(group);
    group.forEach((waiting, n) => settle(waiting, written[n]));
  } catch (error) {
    if (group.length > 1 && !(reasonOf(error) instanceof StoreUnavailableError)) {
      for (const waiting of group) await commitGroup(trail, [waiting]);
    } else {
      const failure = toJournalError(error);
      for (const waiting of group) waiting.reject(failure);
    }
  }
}

function settle({ attempt, resolve, reject }: Waiting, written: WrittenAppend | undefined): void {
  if (written?.overtaken) reject(new OvertakenError(attempt?.attempt ?? 0));
  else resolve(written?.receipts ?? []);
}

/**
 * Passes on conflicts, overtaken attempts and errors of effects; any other failure means that the
 * trail is unavailable.
 */
function toJournalError(error: unknown): unknown {
  const failure = reasonOf(error);
  if (isDatabaseFailure(failure)) return new AuditUnavailableError((failure as Error).message);
  const known = [EffectError, AuditConflictError, OvertakenError].some(
    (kind) => error instanceof kind,
  );
  return known ? failure : new AuditUnavailableError('the store is closed or broke');
}

function reasonOf(error: unknown): unknown {
  return error instanceof EffectError ? error.reason : error;
}

function isDatabaseFailure(error: unknown): boolean {
  return [StoreUnavailableError, StoreQueryError, AbortedTransactionError].some(
    (kind) => error instanceof kind,
  );
}

import type { AuditKind, Journal } from '../../audit/types.ts';
import { makeCheckpoint } from './checkpointer.ts';
import type { CheckpointParts, MadeCheckpoint } from './checkpointer.ts';

/** Number of entries of this process after which a checkpoint is made. */
const CHECKPOINT_EVERY = 1_000;
/**
 * How often the trail is signed if it has grown, also by other processes: no entry waits longer than
 * five minutes.
 */
const CHECKPOINT_PERIOD_MS = 240_000;
/** Kinds of entries after which a checkpoint is made at once, because what they end must hold. */
const SIGNED_AT_ONCE: ReadonlySet<AuditKind> = new Set([
  'grant.used',
  'flow.closed',
  'scan.completed',
  'sync.finished',
]);

/** Makes the checkpoints of a process, one at a time. */
export interface CheckpointWatch {
  /** Makes a checkpoint over all entries so far; null if none can be signed, which is reported. */
  checkpoint(): Promise<MadeCheckpoint | null>;
  /**
   * The journal; a checkpoint is made after every so many entries, and after the end of a run, a flow
   * or an approved call.
   */
  journal: Journal;
  /** Ends the regular checkpoints, and waits for one in progress. */
  close(): Promise<void>;
}

/** Called with the reason why there is no checkpoint; entries are still written. */
type ReportNoCheckpoint = (error: Error) => void;

/**
 * `origin` is the name that the log gets with its first key. Failures of the store reject
 * `checkpoint`.
 */
export function watchCheckpoints(
  parts: CheckpointParts,
  {
    origin,
    report,
    every = CHECKPOINT_EVERY,
    periodMs = CHECKPOINT_PERIOD_MS,
  }: { origin: string; report: ReportNoCheckpoint; every?: number; periodMs?: number },
): CheckpointWatch {
  let last: Promise<unknown> = Promise.resolve();
  let since = 0;
  const make = async (): Promise<MadeCheckpoint | null> => {
    try {
      return await makeCheckpoint(parts, origin);
    } catch (error) {
      if (!(error instanceof Error) || STORE_FAILURES.includes(error.name)) throw error;
      report(error);
      return null;
    }
  };
  const checkpoint = (): Promise<MadeCheckpoint | null> => {
    since = 0;
    const made = last.then(make);
    last = made.catch(() => undefined);
    return made;
  };
  // Without new entries, this only compares two numbers.
  const timer = setInterval(() => void checkpoint().catch(report), periodMs);
  timer.unref();
  const { journal } = parts.store;
  return {
    checkpoint,
    journal: {
      ...(journal.ready && { ready: () => journal.ready!() }),
      async append(drafts, effect, options) {
        const receipts = await journal.append(drafts, effect, options);
        const fresh = receipts.filter(({ repeated }) => !repeated).length;
        since += fresh;
        const ends = fresh > 0 && drafts.some(({ kind }) => SIGNED_AT_ONCE.has(kind));
        // The next checkpoint tries again: an entry never waits for a checkpoint or fails because
        // of it.
        if (since >= every || ends) checkpoint().catch(report);
        return receipts;
      },
    },
    close: async () => {
      clearInterval(timer);
      await last;
    },
  };
}

/**
 * Failures that may be temporary. Any other (no key, a broken trail, a full disk) requires an
 * operator.
 */
const STORE_FAILURES = ['StoreUnavailableError', 'StoreQueryError', 'AuditUnavailableError'];

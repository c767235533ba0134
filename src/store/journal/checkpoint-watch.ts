import type { Journal } from '../../audit/types.ts';
import { makeCheckpoint } from './checkpointer.ts';
import type { CheckpointParts, MadeCheckpoint } from './checkpointer.ts';

/** Entries of this process after which a checkpoint is made, besides those at the end of runs. */
const CHECKPOINT_EVERY = 1_000;

/** Makes the checkpoints of a process, one at a time. */
export interface CheckpointWatch {
  /**
   * A checkpoint over everything appended so far; null where none can be signed, which was reported
   * then.
   */
  checkpoint(): Promise<MadeCheckpoint | null>;
  /** The journal, with a checkpoint made behind every so many entries. */
  journal: Journal;
  /** Waits for a checkpoint that is being made. */
  close(): Promise<void>;
}

/** Why there is no checkpoint; entries are written all the same. */
type ReportNoCheckpoint = (error: Error) => void;

/**
 * `origin`: the name that the log gets with its first key. Failures of the store reject
 * `checkpoint`.
 */
export function watchCheckpoints(
  parts: CheckpointParts,
  {
    origin,
    report,
    every = CHECKPOINT_EVERY,
  }: { origin: string; report: ReportNoCheckpoint; every?: number },
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
  const { journal } = parts.store;
  return {
    checkpoint,
    journal: {
      async append(drafts, effect, options) {
        const receipts = await journal.append(drafts, effect, options);
        since += receipts.filter(({ repeated }) => !repeated).length;
        // The next one tries again: an entry never waits for a checkpoint, nor fails with it.
        if (since >= every) checkpoint().catch(report);
        return receipts;
      },
    },
    close: async () => void (await last),
  };
}

/**
 * What may pass by itself; anything else (no key, a broken trail, a disk that takes no file) is for
 * a person.
 */
const STORE_FAILURES = ['StoreUnavailableError', 'StoreQueryError', 'AuditUnavailableError'];

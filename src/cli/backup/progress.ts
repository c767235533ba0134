/** Shows the progress of a backup or restore. */

import type { BackupProgress } from '../../store/backup/write.ts';
import { interruptionError } from '../kit/errors.ts';
import type { Io } from '../kit/io.ts';
import { createDisplay } from '../kit/progress.ts';
import { count } from '../kit/text.ts';

/** How a task reports its progress, and the signal that ends it. */
interface Watch {
  seen: (progress: BackupProgress) => void;
  signal: AbortSignal;
}

/**
 * Runs a task and shows its progress. An interrupt ends it without leaving anything behind. Throws
 * CliError `interrupted`.
 */
export async function runWithProgress<Result>(
  io: Io,
  phase: string,
  task: (watch: Watch) => Promise<Result>,
): Promise<Result> {
  io.holdInterrupts();
  const display = await createDisplay(io);
  const seen = ({ table, tables, of, rows }: BackupProgress): void =>
    display.show({
      phase,
      done: tables,
      of,
      text: () => `${phase} ${table}: ${count(rows)} rows so far`,
    });
  try {
    return await task({ seen, signal: io.signal });
  } catch (thrown) {
    if (!io.signal.aborted) throw thrown;
    throw interruptionError('Interrupted: nothing was stored.', 'Run the command again.');
  } finally {
    display.stop();
  }
}

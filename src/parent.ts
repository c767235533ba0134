/**
 * Ends a process entry with the process that started it, where that one gave it a pipe for standard
 * input.
 */

/** The argument that asks a process entry for it. */
export const EXIT_WITH_PARENT = '--exit-with-parent';

const GRACE_MS = 5_000;

/**
 * Once the pipe closes, because the parent is gone however it went, ends this process as SIGTERM
 * does, then by force.
 */
export function endWithParent(): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    // Where no handler is set yet, this ends the process at once.
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  // The pipe alone does not keep the process running.
  process.stdin.unref();
}

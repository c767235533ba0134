/**
 * Ends a process entry together with its parent process, if that one gave it a pipe as standard
 * input.
 */

/** The argument that turns this on in a process entry. */
export const EXIT_WITH_PARENT = '--exit-with-parent';

const GRACE_MS = 5_000;

/**
 * When the pipe closes, because the parent has ended in whatever way, ends this process as SIGTERM
 * does, then by force.
 */
export function endWithParent(): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    // Before a handler is installed, this ends the process at once.
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  // The pipe alone does not keep the process running.
  process.stdin.unref();
}

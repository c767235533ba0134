/** No permissions for other users of the machine. */
const PRIVATE = 0o077;

/**
 * Runs `start`, which starts a child process, so that the child creates only files that other users
 * cannot read. The umask of this process is the same again afterwards.
 */
export function withPrivateUmask<Result>(start: () => Result): Result {
  const before = process.umask(PRIVATE);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

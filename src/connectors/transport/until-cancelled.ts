/**
 * Waits for work that is shared by several calls, until the caller is cancelled: then the result is
 * `cancelled`, and the work goes on for the others.
 */
export async function untilCancelled<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  cancelled: Result,
): Promise<Result> {
  if (!signal) return work;
  if (signal.aborted) return cancelled;
  const { promise, resolve } = Promise.withResolvers<Result>();
  const leave = (): void => resolve(cancelled);
  signal.addEventListener('abort', leave, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', leave));
}

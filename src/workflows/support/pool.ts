/**
 * Runs `work` on what `next` returns, at most `width` at a time, until `next` returns null. The first
 * failure is thrown after everything that was begun has ended, so that nothing is left running.
 */
export async function inParallel<Item>(
  width: number,
  next: () => Item | null | Promise<Item | null>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const runLane = async (): Promise<void> => {
    while (failures.length === 0) {
      const item = await next();
      if (item === null || failures.length > 0) return;
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, runLane));
  if (failures.length > 0) throw failures[0];
}

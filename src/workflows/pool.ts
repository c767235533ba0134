/**
 * Runs `work` over what `next` hands out, at most `width` at a time, until `next` gives null. The first failure is
 * thrown after everything begun has ended, so that nothing is left behind in flight.
 */
export async function inParallel<Item>(
  width: number,
  next: () => Item | null,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let item = next(); item !== null && failures.length === 0; item = next()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
}

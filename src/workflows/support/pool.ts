/**
 * Runs `work` over what `next` hands out, at once or once there is something, at most `width` at a
 * time, until it gives null. The first failure is thrown after everything begun has ended, so that
 * nothing is left behind in flight.
 */
export async function inParallel<Item>(
  width: number,
  next: () => Item | null | Promise<Item | null>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (failures.length === 0) {
      const given = next();
      // What is there at once is taken at once: recorded histories know no turn in between.
      const item = given instanceof Promise ? await given : given;
      if (item === null || failures.length > 0) return;
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

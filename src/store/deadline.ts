import { StoreUnavailableError } from './errors.ts';

/** Waits for an answer of the database for `ms` milliseconds, then throws StoreUnavailableError. */
export async function withDeadline<Value>(running: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailableError(`the database did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

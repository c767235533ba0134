import type { Store } from '../../store/types.ts';
import type { Io } from '../kit/io.ts';
import type { Settings } from '../kit/settings.ts';
import { attempt, bad, fine } from './check.ts';
import type { CheckResult } from './check.ts';
import { vendorChecks } from './vendors.ts';

/**
 * The store, then the vendors: what cannot be audited is not sent, so without a store no vendor is
 * called. The checks come one by one, as they are made.
 */
export async function* storeAndVendorChecks(
  io: Io,
  settings: Settings,
): AsyncGenerator<CheckResult> {
  const queue = new Feed<CheckResult>();
  const work = overStore(io, settings, async (store, how) => {
    queue.push(fine('store', `${how}, reachable, schema up to date`));
    for await (const check of vendorChecks(settings, store)) queue.push(check);
  }).catch(async (thrown: unknown) => {
    queue.push(await attempt('store', () => Promise.reject(thrown as Error)));
    queue.push(
      bad(
        'okta, jira, slack',
        'not tried: nothing is sent that cannot be audited',
        'Make the store work first.',
      ),
    );
  });
  void work.finally(() => queue.end());
  yield* queue;
}

async function overStore(
  io: Io,
  settings: Settings,
  task: (store: Store, how: string) => Promise<void>,
): Promise<void> {
  const { openReady } = await import('../kit/store.ts');
  const over = async (address: string, how: string): Promise<void> => {
    const store = await openReady(address);
    try {
      await task(store, how);
    } finally {
      await store.close();
    }
  };
  const { databaseUrl } = settings.arx;
  if (databaseUrl !== null)
    return over(databaseUrl.reveal(), `PostgreSQL at ${new URL(databaseUrl.reveal()).host}`);
  const { withLocalStore } = await import('../kit/local-store.ts');
  await withLocalStore(
    io,
    settings,
    (address) => over(address, `embedded in ${settings.arx.home}`),
    { create: true },
  );
}

/** Hands values from a callback to a loop. */
class Feed<Value> implements AsyncIterable<Value> {
  readonly #waiting: Value[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  push(value: Value): void {
    this.#waiting.push(value);
    this.#wake();
  }
  end(): void {
    this.#ended = true;
    this.#wake();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<Value> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

import type { Store } from '../../store/types.ts';
import type { Io } from '../kit/io.ts';
import type { Settings } from '../kit/settings.ts';
import { sinkChecks } from './audit-sink.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { vendorChecks } from './vendors.ts';

/**
 * Checks the store, then the vendors. Calls that cannot be audited are not sent, so without a store
 * no vendor is called. Yields each check as soon as it is done.
 */
export async function* storeAndVendorChecks(
  io: Io,
  settings: Settings,
  checks: (settings: Settings, store: Store) => AsyncIterable<CheckResult> = vendorChecks,
): AsyncGenerator<CheckResult> {
  const queue = new Queue<CheckResult>();
  const work = withReportedStore(io, settings, async (store, how) => {
    queue.push(pass('store', `${how}, reachable, schema up to date`));
    for (const check of await sinkChecks(settings, store)) queue.push(check);
    for await (const check of checks(settings, store)) queue.push(check);
  }).catch(async (thrown: unknown) => {
    queue.push(await attempt('store', () => Promise.reject(thrown as Error)));
    queue.push(
      fail(
        'okta, jira, slack',
        'not tried: calls that cannot be audited are not sent',
        'Make the store work first.',
      ),
    );
  });
  void work.finally(() => queue.end());
  yield* queue;
}

async function withReportedStore(
  io: Io,
  settings: Settings,
  task: (store: Store, how: string) => Promise<void>,
): Promise<void> {
  const { openMigrated } = await import('../kit/store.ts');
  const withStoreAt = async (address: string, how: string): Promise<void> => {
    const store = await openMigrated(address);
    try {
      await task(store, how);
    } finally {
      await store.close();
    }
  };
  const { databaseUrl } = settings.arx;
  if (databaseUrl !== null)
    return withStoreAt(databaseUrl.reveal(), `PostgreSQL at ${new URL(databaseUrl.reveal()).host}`);
  const { withLocalStore } = await import('../kit/local-store.ts');
  await withLocalStore(
    io,
    settings,
    (address) => withStoreAt(address, `embedded in ${settings.arx.home}`),
    { create: true },
  );
}

/** Passes values from a callback to a loop. */
class Queue<Value> implements AsyncIterable<Value> {
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingReader } from '../../../../src/cli/approvals/watch.ts';
import type { FlowEnds } from '../../../../src/client/flow-ends.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { approvalOf, recordOf } from '../governed/support.ts';

describe('arx approvals watch', () => {
  let database: TestDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
    await store.requests.open(recordOf(), 'pending', approvalOf());
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });

  it('no longer shows a request whose workflow was ended in Temporal', async () => {
    let code: string | null = null;
    let asked = 0;
    let now = 0;
    const ends: FlowEnds = {
      findEndCode: async () => {
        asked += 1;
        return code;
      },
      findOperationEnd: async () => null,
    };
    const read = pendingReader(store, ends, () => now);
    expect(await read()).toHaveLength(1);
    const first = asked;
    expect(first).toBeGreaterThan(0);
    code = 'terminated';
    now = 1_000;
    expect(await read()).toHaveLength(1);
    expect(asked).toBe(first);
    now = 10_000;
    expect(await read()).toEqual([]);
    expect((await store.requests.get(recordOf().requestId))?.state).toBe('cancelled');
  });
});

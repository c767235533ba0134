import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import { createS3Sink } from '../../../../src/store/sink/s3-sink.ts';
import { openSinkJournal } from '../../../../src/store/sink/sink-journal.ts';
import type { SinkJournal } from '../../../../src/store/sink/sink-journal.ts';
import type { Store } from '../../../../src/store/types.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { startS3 } from '../../../support/s3.ts';
import type { S3Process } from '../../../support/s3.ts';

describe('a governed operation with a required sink', () => {
  let s3: S3Process;
  let database: TestDatabase;
  let store: Store;
  let sink: SinkJournal;
  let parts: GovernedParts;
  beforeAll(async () => {
    s3 = await startS3();
    database = await borrowPglite();
    store = await openStore(database);
  });
  afterAll(async () => {
    await store.close();
    await database.close();
    s3.stop();
  });
  beforeEach(async () => {
    sink = openSinkJournal(store, createS3Sink(s3.settings), {
      required: true,
      report: () => undefined,
    });
    parts = await governedParts({ ...store, journal: sink.journal });
  });
  afterEach(async () => {
    await s3.clear();
    await sink.close();
    await parts.emulators.close();
  });

  const calls = (): number =>
    parts.emulators.traffic.statistics().reduce((sum, { begun }) => sum + begun, 0);

  it('makes no call while the sink is down, uses up no grant, and goes on afterwards', async () => {
    const { id: userId } = parts.emulators.okta.addUser({ login: 'target@example.com' });
    const input = {
      operation: 'users:suspend',
      params: { userId },
      as: 'user:requester@example.com',
    };
    expect(await parts.open('suspend', input)).toMatchObject({ state: 'pending' });
    expect(await parts.approve('suspend', 'ann@example.com')).toMatchObject({ state: 'APPROVED' });
    await sink.journal.ready?.();

    await s3.fault({ status: null });
    const failure = { type: 'audit_sink_unavailable', nonRetryable: false };
    for (let n = 0; n < 2; n += 1)
      await expect(parts.perform('suspend')).rejects.toMatchObject(failure);
    const before = calls();
    await expect(parts.perform('suspend')).rejects.toMatchObject(failure);
    expect(calls()).toBe(before);
    expect(parts.emulators.okta.user(userId)?.status).toBe('ACTIVE');
    expect(await store.requests.get('suspend')).toMatchObject({ state: 'approved' });

    await s3.clear();
    expect(await parts.perform('suspend')).toEqual({ state: 'succeeded', code: null });
    expect(parts.emulators.okta.user(userId)?.status).toBe('SUSPENDED');
  });
});

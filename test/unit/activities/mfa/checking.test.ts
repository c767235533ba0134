import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { createActivities } from '../../../../src/activities/index.ts';
import type { MfaActivities } from '../../../../src/activities/mfa/types.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { inActivity, mfaParts } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const CREATED = '2020-01-01T00:00:00.000Z';
const NAMES = ['ann', 'bob', 'cem'];

describe('a batch of users', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let activities: MfaActivities;
  let ids: string[];
  let serial = 0;
  let run = '';

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
    activities = createActivities(mfaParts(store, emulators));
    ids = NAMES.map((name) => {
      const factors = name === 'ann' ? ([{ type: 'webauthn' }] as const) : [];
      const login = `${name}@example.com`;
      return emulators.okta.addUser({ login, created: CREATED, factors: [...factors] }).id;
    });
    run = `run-${(serial += 1)}`;
    await inActivity(() => activities.beginRun({ run }));
    await inActivity(() => activities.listPage({ run, source: 0, page: 0, first: true, most: 1 }));
  });
  afterEach(() => emulators.close());

  const check = (attempt = 1) =>
    inActivity(
      () => activities.checkUsers({ run, page: 0, from: 0, count: NAMES.length }),
      attempt,
    );
  const verdicts = () =>
    Promise.all(ids.map(async (id) => (await store.users.get(run, id))?.verdict ?? null));
  const reads = () =>
    emulators.traffic.statistics().find(({ operation }) => operation === 'users:read_factors')
      ?.begun;
  const fail = (id: string | undefined, status: number) =>
    emulators.faults.add({
      vendor: 'okta',
      pathPattern: `/users/${id}/factors`,
      kind: 'status',
      status,
    });

  it('is read, assessed and recorded once per user', async () => {
    expect(await check()).toEqual({ checked: 3 });
    expect(await check(2)).toEqual({ checked: 3 });
    expect(await verdicts()).toEqual(['compliant', 'none', 'none']);
    expect(reads()).toBe(3);
    expect((await store.audit.countByKind(run))['user.checked']).toBe(3);
  });

  it('is assessed by the settings with which the run began, even if the configuration changes', async () => {
    const parts = mfaParts(store, emulators);
    activities = createActivities({
      ...parts,
      settings: () => ({ ...parts.settings(null), allowed: ['push'], groups: ['Finance'] }),
    });
    expect(await inActivity(() => activities.beginRun({ run }), 2)).toMatchObject({ sources: 1 });
    await check();
    expect(await verdicts()).toEqual(['compliant', 'none', 'none']);
  });

  it('records the other users if one cannot be read yet, and fails so that Temporal retries', async () => {
    fail(ids[1], 503);
    await expect(check()).rejects.toMatchObject({
      type: 'unavailable',
      nonRetryable: false,
      message: '1 users could not be read yet: unavailable',
    });
    expect(await verdicts()).toEqual(['compliant', null, 'none']);
  });

  it('records a user as unknown after the last attempt', async () => {
    fail(ids[1], 503);
    for (let attempt = 1; attempt < 5; attempt += 1)
      await expect(check(attempt)).rejects.toMatchObject({ nonRetryable: false });
    expect(await check(5)).toEqual({ checked: 3 });
    expect(await verdicts()).toEqual(['compliant', 'unknown', 'none']);
    const { reason } = (await store.users.get(run, ids[1]!)) as { reason: string };
    expect(reason).toBe('could not be read: unavailable (5 tries)');
  });

  it('needs only one attempt for a user who is deleted or may not be read', async () => {
    fail(ids[1], 403);
    emulators.okta.removeUser(emulators.okta.user(ids[2]!)!);
    expect(await check()).toEqual({ checked: 3 });
    expect(await verdicts()).toEqual(['compliant', 'unknown', 'vanished']);
  });

  it('fails as a whole if the credential no longer works, and all remaining users become unknown', async () => {
    emulators.faults.add({ vendor: 'okta', pathPattern: '/factors', kind: 'unauthorized' });
    await expect(check()).rejects.toMatchObject({ type: 'unauthenticated', nonRetryable: true });
    expect(await verdicts()).toEqual([null, null, null]);
    const given = await inActivity(() =>
      activities.giveUpChecking({ run, code: 'unauthenticated' }),
    );
    expect(given).toEqual({ checked: 3 });
    expect(await verdicts()).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('keeps personal data out of the audit trail', async () => {
    await check();
    const entries = await store.audit.list({ run, kind: 'user.checked' });
    expect(entries).toHaveLength(3);
    expect(JSON.stringify(entries)).not.toContain('@example.com');
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { createActivities } from '../../../../src/activities/index.ts';
import { isFinding, recheckUser } from '../../../../src/activities/mfa/recheck.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { inActivity, mfaParts } from '../../../support/mfa-parts.ts';
import type { MfaParts } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const LAST_ATTEMPT = 5;

describe('a user without a factor, checked again right before a ticket', () => {
  let database: TestDatabase;
  let store: Store;
  let emulators: RunningEmulators;
  let parts: MfaParts;
  let user: ReturnType<RunningEmulators['okta']['addUser']>;
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
    parts = mfaParts(store, emulators);
    user = emulators.okta.addUser({
      login: 'ann@example.com',
      created: '2020-01-01T00:00:00.000Z',
    });
    run = `run-${(serial += 1)}`;
    const activities = createActivities(parts);
    await inActivity(() => activities.beginRun({ run }));
    await inActivity(() => activities.listPage({ run, source: 0, page: 0, first: true, most: 1 }));
    await inActivity(() => activities.checkUsers({ run, page: 0, from: 0, count: 1 }));
  });
  afterEach(() => emulators.close());

  const recheck = (attempt = 1) =>
    inActivity(async () => {
      const record = (await store.runs.get(run))!;
      const checked = await store.users.get(run, user.id);
      if (!isFinding(checked)) throw new Error('the user has no finding');
      return recheckUser(parts, record, checked);
    }, attempt);
  const verdict = async () => (await store.users.get(run, user.id))?.verdict;
  const rechecks = async () =>
    (await store.audit.list({ run, kind: 'user.rechecked' })).map(
      ({ entry }) => entry.outcome?.['verdict'],
    );

  it('still needs a ticket if nothing has changed', async () => {
    expect(await recheck()).toMatchObject({ userId: user.id, verdict: 'none' });
    expect(await rechecks()).toEqual(['none']);
  });

  it('needs none if the user has enrolled a strong factor', async () => {
    emulators.okta.patchUser(user, { factors: [{ type: 'webauthn' }] });
    expect(await recheck()).toBeNull();
    expect(await verdict()).toBe('compliant');
    expect(await rechecks()).toEqual(['compliant']);
  });

  it.each([
    ['suspended', () => emulators.okta.setStatus(user, 'SUSPENDED')],
    ['deleted', () => emulators.okta.removeUser(user)],
  ])('needs none if the user was %s', async (_, change) => {
    change();
    expect(await recheck()).toBeNull();
    expect(await verdict()).toBe('vanished');
  });

  it('needs none if Okta no longer lets arx read the factors', async () => {
    emulators.faults.add({ vendor: 'okta', pathPattern: '/factors', kind: 'status', status: 403 });
    expect(await recheck()).toBeNull();
    expect(await verdict()).toBe('unknown');
  });

  it('is retried after a fault, without a new verdict, until the last attempt', async () => {
    emulators.faults.add({ vendor: 'okta', pathPattern: '/factors', kind: 'status', status: 503 });
    await expect(recheck()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await verdict()).toBe('none');
    expect(await recheck(LAST_ATTEMPT)).toBeNull();
    expect(await verdict()).toBe('unknown');
  });

  it('is retried without limit after a rate limit', async () => {
    emulators.faults.add({ vendor: 'okta', pathPattern: '/factors', kind: 'rateLimited' });
    await expect(recheck(LAST_ATTEMPT)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await verdict()).toBe('none');
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { GovernedOperationInput } from '../../../../src/workflows/messages.ts';
import { governedParts } from '../../../support/governed-parts.ts';
import type { GovernedParts } from '../../../support/governed-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

let database: TestDatabase;
let store: Store;
let parts: GovernedParts;
let serial = 0;

beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
});
afterAll(async () => {
  await store.close();
  await database.close();
});
beforeEach(async () => {
  parts = await governedParts(store, { accounts: true });
});
afterEach(() => parts.emulators.close());

/** Requests an operation, approves it where needed, and performs it to its end. */
async function run(operation: string, params: GovernedOperationInput['params']) {
  const requestId = `state-${(serial += 1)}`;
  const opened = await parts.open(requestId, {
    operation,
    params: params ?? {},
    as: 'user:requester@example.com',
  });
  if (opened.state === 'pending')
    for (const name of ['ann', 'bob']) await parts.approve(requestId, `${name}@example.com`);
  const ended = await parts.settle(requestId);
  const outcome = (await store.requests.get(requestId))?.outcome ?? {};
  return { ...ended, outcome, error: outcome['error'] ?? null };
}

describe('Okta', () => {
  const user = (given: object = {}) =>
    parts.emulators.okta.addUser({ login: `${(serial += 1)}@okta.example`, ...given });

  it.each([
    [undefined, 1],
    [false, 1],
    [true, 0],
  ])('clears sessions, and OAuth tokens only if told so (%j)', async (oauthTokens, left) => {
    const { id } = user();
    const params = { userId: id, ...(oauthTokens !== undefined && { oauthTokens }) };
    expect(await run('users:clear_sessions', params)).toMatchObject({ state: 'succeeded' });
    const changed = parts.emulators.okta.user(id);
    expect([changed?.sessions, changed?.oauthTokens]).toEqual([0, left]);
  });

  const REFUSED = { state: 'failed', code: 'conflict', attempts: 1 };
  it.each([
    ['STAGED', null, { state: 'succeeded' }, 'PROVISIONED'],
    ['STAGED', '2025-01-01T00:00:00.000Z', { state: 'succeeded' }, 'ACTIVE'],
    ['DEPROVISIONED', undefined, { state: 'succeeded' }, 'PROVISIONED'],
    ['ACTIVE', undefined, REFUSED, 'ACTIVE'],
    ['PROVISIONED', undefined, REFUSED, 'PROVISIONED'],
    ['SUSPENDED', undefined, REFUSED, 'SUSPENDED'],
    ['LOCKED_OUT', undefined, REFUSED, 'LOCKED_OUT'],
    ['PASSWORD_EXPIRED', undefined, REFUSED, 'PASSWORD_EXPIRED'],
    ['RECOVERY', undefined, REFUSED, 'RECOVERY'],
  ])(
    'activates a user who is %s (password %j), with and without mail',
    async (status, passwordChanged, expected, after) => {
      for (const sendEmail of [true, false]) {
        const { id } = user({ status, passwordChanged });
        const ended = await run('users:activate', { userId: id, sendEmail });
        expect(ended).toMatchObject(expected);
        expect(parts.emulators.okta.user(id)?.status).toBe(after);
        expect(JSON.stringify(ended.outcome)).not.toMatch(/welcome|activationToken/);
      }
    },
  );

  it.each([
    'STAGED',
    'PROVISIONED',
    'ACTIVE',
    'RECOVERY',
    'LOCKED_OUT',
    'PASSWORD_EXPIRED',
    'SUSPENDED',
  ])('deactivates a user who is %s, with and without mail', async (status) => {
    for (const sendEmail of [true, false]) {
      const { id } = user({ status });
      expect(await run('users:deactivate', { userId: id, sendEmail })).toMatchObject({
        state: 'succeeded',
      });
      expect(parts.emulators.okta.user(id)?.status).toBe('DEPROVISIONED');
    }
  });

  it.each(['ACTIVE_DIRECTORY', 'LDAP', 'FEDERATION'] as const)(
    'does not expire or reset a password that is at %s, and says where it is',
    async (provider) => {
      for (const operation of ['users:expire_password', 'users:reset_password']) {
        const { id } = user({ provider });
        expect(await run(operation, { userId: id })).toMatchObject({
          ...REFUSED,
          error: {
            message: expect.stringMatching(/password|credentials/) as string,
            remedy: expect.stringMatching(/directory or identity provider/) as string,
          },
        });
        expect(parts.emulators.okta.user(id)?.status).toBe('ACTIVE');
      }
    },
  );

  it('names the attributes that an assignment needs, and the user who is not active', async () => {
    const app = parts.emulators.okta.apps.add({ label: 'HR', required: ['role', 'site'] });
    expect(await run('apps:assign_user', { appId: app.id, userId: user().id })).toMatchObject({
      state: 'failed',
      code: 'invalid',
      error: { field: 'role', message: expect.stringMatching(/role: .*site: /) as string },
    });
    const gone = user({ status: 'DEPROVISIONED' }).id;
    const { id: plain } = parts.emulators.okta.apps.add({ label: 'Wiki' });
    expect(await run('apps:assign_user', { appId: plain, userId: gone })).toMatchObject({
      ...REFUSED,
      error: { vendorCode: 'E0000117' },
    });
  });

  it('says that an assigned user could not be provisioned', async () => {
    const app = parts.emulators.okta.apps.add({ label: 'CRM', failsToProvision: true });
    const ended = await run('apps:assign_user', { appId: app.id, userId: user().id });
    expect(ended).toMatchObject({
      state: 'succeeded',
      outcome: { result: { scope: 'USER', syncState: 'ERROR' } },
    });
  });
});

describe('Entra ID', () => {
  const enabled = (given: object = {}) =>
    parts.emulators.entra.addUser({
      userPrincipalName: `${(serial += 1)}@entra.example`,
      ...given,
    });

  it('blocks guests like others', async () => {
    const guest = enabled({ userPrincipalName: 'g_mail.example#EXT#@entra.example' });
    expect(await run('entra:users:disable', { userId: guest.id })).toMatchObject({
      state: 'succeeded',
    });
    expect(guest.accountEnabled).toBe(false);
  });

  it('does not block a synchronised account, and names its source', async () => {
    const synced = enabled({ onPremisesSyncEnabled: true });
    expect(await run('entra:users:disable', { userId: synced.id })).toMatchObject({
      state: 'failed',
      code: 'conflict',
      attempts: 1,
      error: { remedy: expect.stringMatching(/Active Directory/) as string },
    });
  });

  it('does not block an administrator, and names the role that it takes', async () => {
    const admin = enabled({ roles: ['Global Administrator'] });
    expect(await run('entra:users:disable', { userId: admin.id })).toMatchObject({
      state: 'failed',
      code: 'forbidden',
      error: {
        message: expect.stringMatching(/Privileged Authentication Administrator/) as string,
      },
    });
  });

  it.each([
    [{ isAssignableToRole: true }, 'forbidden', /RoleManagement\.ReadWrite\.Directory/],
    [{ onPremisesSyncEnabled: true }, 'conflict', /on-premises/],
  ])('does not change a group that is %j, and says why', async (given, code, message) => {
    const group = parts.emulators.entra.addGroup({ displayName: 'Group', ...given });
    const params = { groupId: group.id, userId: enabled().id };
    expect(await run('entra:groups:add_member', params)).toMatchObject({
      state: 'failed',
      code,
      attempts: 1,
      error: { message: expect.stringMatching(message) as string },
    });
  });
});

describe('Google Workspace', () => {
  it('suspends by an alias', async () => {
    const user = parts.emulators.google.addUser({
      primaryEmail: 'primary@google.example',
      aliases: ['alias@google.example'],
    });
    expect(await run('google:users:suspend', { user: 'alias@google.example' })).toMatchObject({
      state: 'succeeded',
    });
    expect(user.suspended).toBe(true);
  });

  it('does not suspend a super administrator without being one, and says so', async () => {
    const user = parts.emulators.google.addUser({
      primaryEmail: 'root@google.example',
      isAdmin: true,
    });
    parts.emulators.google.settings.protectAdministrators = true;
    expect(await run('google:users:suspend', { user: user.id })).toMatchObject({
      state: 'failed',
      code: 'forbidden',
      error: { message: expect.stringMatching(/only a super administrator/) as string },
    });
  });

  it('says that a user is deleted', async () => {
    const user = parts.emulators.google.addUser({
      primaryEmail: 'old@google.example',
      deleted: true,
    });
    expect(await run('google:users:suspend', { user: user.id })).toMatchObject({
      state: 'failed',
      code: 'conflict',
      attempts: 1,
      error: {
        message: expect.stringMatching(/deleted.*Google says: “User is deleted”/) as string,
      },
    });
  });
});

describe('Salesforce', () => {
  it.each([{ frozen: true }, { locked: true }])('deactivates a user who is %j', async (given) => {
    const user = parts.emulators.salesforce.addUser({
      username: `${(serial += 1)}@sales.example`,
      ...given,
    });
    expect(await run('salesforce:users:deactivate', { userId: user.id })).toMatchObject({
      state: 'succeeded',
    });
    expect(user.active).toBe(false);
  });

  it.each([
    [
      'the last administrator',
      'FIELD_INTEGRITY_EXCEPTION',
      'You cannot deactivate the last system administrator.',
    ],
    ['a default owner', 'CANNOT_DEACTIVATE_DEFAULT_OWNER', 'This user is the default lead owner.'],
    [
      'a user of a validation rule',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'No_Offboarding_On_Friday',
    ],
  ])(
    'does not deactivate %s, in the words of the organisation',
    async (_who, errorCode, message) => {
      const user = parts.emulators.salesforce.addUser({
        username: `${(serial += 1)}@sales.example`,
        needed: { errorCode, message },
      });
      const ended = await run('salesforce:users:deactivate', { userId: user.id });
      expect(ended).toMatchObject({
        state: 'failed',
        code: 'conflict',
        attempts: 1,
        error: { vendorCode: errorCode, remedy: expect.any(String) as string },
      });
      expect(JSON.stringify(ended.error)).toContain(message);
      expect(user.active).toBe(true);
    },
  );
});

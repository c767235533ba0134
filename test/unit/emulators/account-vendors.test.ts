import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../emulators/types.ts';
import {
  entraCalls,
  googleCalls,
  salesforceCalls,
  serviceAccountOf,
} from '../../support/account-calls.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

const PHONE = '+15550104477';
const EMAIL = 'canary-recovery@leak.example';
let emulators: EmulatorProcess;

beforeAll(async () => {
  emulators = await startEmulatorProcess({
    users: 40,
    seed: 5,
    canaries: { phone: PHONE, email: EMAIL },
  });
});
beforeEach(() => emulators.clearFaults());
afterAll(() => emulators.stop());

/**
 * One vendor: how to call it, a user to change, the change, a list to read, and whether the change
 * is visible.
 */
interface Case {
  vendor: FaultRule['vendor'];
  call: PlainCall;
  list: string;
  write: readonly [method: string, path: string, body: unknown];
  off(): Promise<boolean>;
}

async function entraCase(): Promise<Case> {
  const [user] = (await emulators.state('entraUsers')).entraUsers.slice(-1);
  const off = async () => !(await emulators.state('entraUsers')).entraUsers.at(-1)!.accountEnabled;
  const write = ['PATCH', `/v1.0/users/${user!.id}`, { accountEnabled: false }] as const;
  return {
    vendor: 'entra',
    call: await entraCalls(emulators.document),
    list: '/v1.0/users',
    write,
    off,
  };
}
async function googleCase(): Promise<Case> {
  const [user] = (await emulators.state('googleUsers')).googleUsers.slice(-1);
  const off = async () => (await emulators.state('googleUsers')).googleUsers.at(-1)!.suspended;
  const users = '/admin/directory/v1/users';
  const write = ['PATCH', `${users}/${user!.id}`, { suspended: true }] as const;
  return {
    vendor: 'google',
    call: await googleCalls(emulators.document),
    list: `${users}?customer=C0`,
    write,
    off,
  };
}
async function salesforceCase(): Promise<Case> {
  const [user] = (await emulators.state('salesforceUsers')).salesforceUsers.slice(-1);
  const off = async () =>
    !(await emulators.state('salesforceUsers')).salesforceUsers.at(-1)!.active;
  const write = [
    'PATCH',
    `/services/data/v62.0/sobjects/User/${user!.id}`,
    { IsActive: false },
  ] as const;
  const list = '/services/data/v62.0/query?q=SELECT+Id+FROM+User';
  return {
    vendor: 'salesforce',
    call: await salesforceCalls(emulators.document),
    list,
    write,
    off,
  };
}
const CASES = { entra: entraCase, google: googleCase, salesforce: salesforceCase };

describe.each(Object.entries(CASES))('%s', (name, made) => {
  it('answers faults in its own format', async () => {
    const { vendor, call, list } = await made();
    const struck = async (rule: Omit<FaultRule, 'vendor'>) => {
      await emulators.fault({ vendor, times: 1, pathPattern: '(users|query)', ...rule });
      return call('GET', list);
    };
    const limited = await struck({ kind: 'rateLimited', retryAfter: 7 });
    expect(limited.status).toBe(name === 'salesforce' ? 403 : 429);
    expect(limited.headers.get('retry-after')).toBe('7');
    expect(JSON.stringify(limited.body)).toMatch(
      /TooManyRequests|rateLimitExceeded|REQUEST_LIMIT_EXCEEDED/,
    );
    expect(
      (await struck({ kind: 'rateLimited', retryAfter: null })).headers.get('retry-after'),
    ).toBeNull();
    expect((await struck({ kind: 'unauthorized' })).status).toBe(401);
    expect((await struck({ kind: 'status', status: 503 })).status).toBe(503);
    expect((await struck({ kind: 'expiredCursor' })).status).toBe(400);
    expect((await struck({ kind: 'html200' })).body).toMatch(/Maintenance/);
    expect(await struck({ kind: 'emptyPage' })).toMatchObject({ status: 200 });
    await expect(struck({ kind: 'reset' })).rejects.toThrow();
    expect((await call('GET', list)).status).toBe(200);
  });

  it('makes the change if the answer is lost, and does nothing if the request is lost', async () => {
    const { vendor, call, write, off } = await made();
    await emulators.fault({ vendor, kind: 'reset', method: 'PATCH', times: 1 });
    await expect(call(...write)).rejects.toThrow();
    expect(await off()).toBe(false);
    await emulators.fault({ vendor, kind: 'reset', method: 'PATCH', moment: 'after', times: 1 });
    await expect(call(...write)).rejects.toThrow();
    expect(await off()).toBe(true);
    const [lost, done] = (await emulators.log({ vendor, write: true })).slice(-2);
    expect(lost).toMatchObject({ accepted: false, status: null, sent: null, fault: 'reset' });
    expect(done).toMatchObject({
      accepted: true,
      sent: null,
      fault: 'reset',
      effect: expect.anything() as unknown,
    });
  });

  it('accepts changes and settings through the control server', async () => {
    const { vendor, call, list } = await made();
    const control = emulators[vendor as keyof typeof CASES];
    const [added] = await (name === 'entra'
      ? emulators.entra.addUsers([{ userPrincipalName: `x@${name}.example` }])
      : name === 'google'
        ? emulators.google.addUsers([{ primaryEmail: `x@${name}.example` }])
        : emulators.salesforce.addUsers([{ username: `x@${name}.example` }]));
    expect(await control.patchUser(added!.id, {})).toMatchObject({ id: added!.id });
    await expect(control.patchUser('nobody', {})).rejects.toThrow(/404/);
    await control.settings({ expireTokens: true });
    expect((await call('GET', list)).status).toBe(401);
  });
});

describe('the emulated accounts', () => {
  it('belong to users of the Okta organisation', async () => {
    const { users, entraUsers, googleUsers, salesforceUsers } = await emulators.state();
    const logins = users.map(({ login }) => login);
    const shared = (names: string[]) => names.filter((one) => logins.includes(one)).length;
    expect(shared(entraUsers.map(({ userPrincipalName }) => userPrincipalName))).toBeGreaterThan(
      24,
    );
    expect(shared(googleUsers.map(({ primaryEmail }) => primaryEmail))).toBeGreaterThan(24);
    expect(shared(salesforceUsers.map(({ email }) => email))).toBeGreaterThan(24);
    expect(entraUsers.some(({ roles }) => roles.includes('Global Administrator'))).toBe(true);
    expect(salesforceUsers.filter(({ needed }) => needed)).toHaveLength(1);
    expect(
      googleUsers.filter(({ isAdmin }) => isAdmin).map(({ primaryEmail }) => primaryEmail),
    ).toContain(emulators.document.googleAdminSubject);
  });

  it('exist beside super administrators in Okta, direct and through a group, and a group for enrolment', async () => {
    const { users, groups } = await emulators.state('users', 'groups');
    const direct = users.filter(({ roles }) => roles.includes('SUPER_ADMIN')).map(({ id }) => id);
    const through = groups
      .filter(({ roles }) => roles.includes('SUPER_ADMIN'))
      .flatMap(({ members }) => members ?? []);
    expect(direct.length).toBeGreaterThan(1);
    expect(through.filter((id) => !direct.includes(id)).length).toBeGreaterThan(0);
    const group = groups.find(({ name }) => name === 'MFA Enrollment');
    expect(group).toMatchObject({ type: 'OKTA_GROUP', members: [] });
    const call = oktaCalls(emulators.document);
    expect((await call('PUT', `/api/v1/groups/${group?.id}/users/${direct[0]}`)).status).toBe(204);
  });

  it('of groups are changed immediately through the control server', async () => {
    const [user] = (await emulators.state('entraUsers')).entraUsers;
    const [group] = await emulators.entra.addGroups([
      { displayName: 'Mine', members: [user!.userPrincipalName] },
    ]);
    expect(group?.members).toEqual([user!.id]);
    expect(await emulators.entra.patchGroup(group!.id, { remove: [user!.id] })).toMatchObject({
      members: [],
    });
    expect(await emulators.entra.patchGroup(group!.id, { add: [user!.id] })).toMatchObject({
      members: [user!.id],
    });
    await emulators.entra.settings({ replicationMs: 60_000 });
    const graph = await entraCalls(emulators.document);
    const { body } = await graph('GET', `/v1.0/groups/${group!.id}/members?$select=id`);
    expect((body as { value: { id: string }[] }).value.map(({ id }) => id)).toEqual([user!.id]);
  });
});

describe('secrets', () => {
  it('are neither in the log nor in the state', async () => {
    await Promise.all([
      entraCalls(emulators.document),
      googleCalls(emulators.document),
      salesforceCalls(emulators.document),
    ]);
    const entries = await emulators.log({ operation: 'oauth:token' });
    expect(new Set(entries.map(({ vendor }) => vendor))).toEqual(
      new Set(['entra', 'google', 'salesforce']),
    );
    const shown = JSON.stringify([await emulators.log(), await emulators.state()]);
    const { entraClientSecret, salesforceClientSecret } = emulators.document.tokens;
    const { private_key } = serviceAccountOf(emulators.document);
    for (const secret of [entraClientSecret, salesforceClientSecret, private_key])
      expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/eyJ|ya29\.|00D\w{12}!/);
  });

  it('that a connector must not return are in every account', async () => {
    const { entraUsers, googleUsers, salesforceUsers } = await emulators.state();
    const [entra, google, salesforce] = await Promise.all([
      entraCalls(emulators.document),
      googleCalls(emulators.document),
      salesforceCalls(emulators.document),
    ]);
    const seen = [
      (await entra('GET', `/v1.0/users/${entraUsers[0]!.id}?$select=mobilePhone,otherMails`)).body,
      (await google('GET', `/admin/directory/v1/users/${googleUsers[1]!.id}`)).body,
      (await salesforce('GET', `/services/data/v62.0/sobjects/User/${salesforceUsers[0]!.id}`))
        .body,
    ].map((body) => JSON.stringify(body));
    for (const text of seen) expect(text).toContain(PHONE);
    expect(seen.slice(0, 2).every((text) => text.includes(EMAIL))).toBe(true);
  });

  it('and the path of the key file are set by flags', async () => {
    const tokens = {
      entraTenantId: 'tenant-1',
      entraClientId: 'app-1',
      entraClientSecret: 'hidden-1',
    };
    const salesforce = { salesforceClientId: 'app-2', salesforceClientSecret: 'hidden-2' };
    const { googleServiceAccountFile } = emulators.document;
    const other = await startEmulatorProcess({
      profile: 'empty',
      log: null,
      tokens: { ...tokens, ...salesforce },
      googleKeyFile: `${googleServiceAccountFile}.other`,
      googleAdminSubject: 'root@plain.example',
    });
    const { document, env } = other;
    expect(document).toMatchObject({
      tokens: { ...tokens, ...salesforce },
      googleServiceAccountFile: `${googleServiceAccountFile}.other`,
      googleAdminSubject: 'root@plain.example',
      entraLogin: document.entraGraph,
    });
    expect(env).toMatchObject({
      ENTRA_LOGIN_URL: document.entraLogin,
      ENTRA_TENANT_ID: 'tenant-1',
      ENTRA_CLIENT_SECRET: 'hidden-1',
      GOOGLE_SERVICE_ACCOUNT_FILE: document.googleServiceAccountFile,
      GOOGLE_ADMIN_URL: document.google,
      SALESFORCE_LOGIN_URL: document.salesforce,
      SALESFORCE_CLIENT_ID: 'app-2',
    });
    await googleCalls(document);
    await other.stop();
  });
});

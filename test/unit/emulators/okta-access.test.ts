import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import { nextLink, oktaCalls } from '../../support/vendor-calls.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;
let okta: PlainCall;
let ids: Record<'admin' | 'member' | 'gone' | 'group' | 'app', string>;
beforeAll(async () => {
  emulators = await startEmulators({
    profile: 'empty',
    rateLimit: 0,
    canaries: { phone: '+1 555 0100' },
  });
  okta = oktaCalls(emulators.document);
  const org = emulators.okta;
  const admin = org.addUser({ login: 'admin@access.example', roles: ['SUPER_ADMIN', 'APP_ADMIN'] });
  const member = org.addUser({
    login: 'member@access.example',
    factors: [{ type: 'sms' }, { type: 'webauthn' }, { type: 'odd' }],
  });
  const gone = org.addUser({
    login: 'gone@access.example',
    status: 'DEPROVISIONED',
    roles: ['ORG_ADMIN'],
  });
  const group = org.addGroup({ name: 'Helpers', members: [member.id], roles: ['HELP_DESK_ADMIN'] });
  const app = org.apps.add({ label: 'Wiki', users: [admin.id], groups: ['Helpers'] });
  ids = { admin: admin.id, member: member.id, gone: gone.id, group: group.id, app: app.id };
});
afterAll(() => emulators.close());

const rows = async (path: string): Promise<Record<string, unknown>[]> =>
  (await okta('GET', `/api/v1${path}`)).body as Record<string, unknown>[];

describe('roles of the emulated Okta', () => {
  it('are held directly and through groups', async () => {
    expect(await rows(`/users/${ids.admin}/roles`)).toMatchObject([
      { type: 'SUPER_ADMIN', label: 'Super Administrator', assignmentType: 'USER' },
      { type: 'APP_ADMIN', assignmentType: 'USER' },
    ]);
    expect(await rows(`/users/${ids.member}/roles`)).toMatchObject([
      {
        type: 'HELP_DESK_ADMIN',
        assignmentType: 'GROUP',
        _links: { assignee: { href: expect.stringMatching(`/groups/${ids.group}$`) } },
      },
    ]);
    expect(await rows(`/groups/${ids.group}/roles`)).toMatchObject([{ type: 'HELP_DESK_ADMIN' }]);
  });

  it('are listed by holder, with the next page linked in the body', async () => {
    const other = emulators.okta.addUser({
      login: 'other@access.example',
      roles: ['READ_ONLY_ADMIN'],
    });
    const first = (await okta('GET', '/api/v1/iam/assignees/users?limit=1')).body as Assignees;
    expect(first.value.map(({ id }) => id)).toEqual([ids.admin]);
    const second = (await okta('GET', first._links.next?.href ?? '')).body as Assignees;
    expect([second.value.map(({ id }) => id), second._links]).toEqual([[other.id], {}]);
    emulators.okta.removeUser(other);
  });
  interface Assignees {
    value: { id: string }[];
    _links: { next?: { href: string } };
  }
});

describe('applications of the emulated Okta', () => {
  it('are listed with filter, search word and pages', async () => {
    const first = await okta('GET', '/api/v1/apps?limit=2&filter=status%20eq%20%22ACTIVE%22');
    expect(first.body).toHaveLength(2);
    expect((await okta('GET', nextLink(first) ?? '')).body).toMatchObject([
      { id: ids.app, label: 'Wiki' },
    ]);
    expect(await rows('/apps?q=wik')).toMatchObject([{ label: 'Wiki' }]);
    expect((await okta('GET', '/api/v1/apps?filter=status%20eq')).body).toMatchObject({
      errorCode: 'E0000031',
    });
  });

  it('have users directly and through groups', async () => {
    expect(await rows(`/apps/${ids.app}/users`)).toMatchObject([
      { id: ids.admin, scope: 'USER' },
      { id: ids.member, scope: 'GROUP' },
    ]);
    expect(await rows(`/apps/${ids.app}/groups`)).toMatchObject([{ id: ids.group, priority: 0 }]);
    expect(await rows(`/users/${ids.member}/appLinks`)).toMatchObject([
      { appInstanceId: ids.app, label: 'Wiki' },
    ]);
  });

  it('are really assigned and unassigned', async () => {
    const user = emulators.okta.addUser({ login: 'assigned@access.example' });
    const users = () => emulators.okta.apps.get(ids.app)?.users.has(user.id);
    expect(
      (await okta('POST', `/api/v1/apps/${ids.app}/users`, { id: user.id, scope: 'USER' })).status,
    ).toBe(200);
    expect(users()).toBe(true);
    expect((await okta('DELETE', `/api/v1/apps/${ids.app}/users/${user.id}`)).status).toBe(204);
    expect([
      users(),
      (await okta('DELETE', `/api/v1/apps/${ids.app}/users/${user.id}`)).status,
    ]).toEqual([false, 404]);
    emulators.okta.removeUser(user);
  });

  it.each([
    ['nobody', {}, 400, 'E0000001'],
    ['somebody unknown', { id: '00u00000000000000000' }, 404, 'E0000007'],
  ])('cannot be assigned to %s', async (_, body, status, errorCode) => {
    expect(await okta('POST', `/api/v1/apps/${ids.app}/users`, body)).toMatchObject({
      status,
      body: { errorCode },
    });
  });

  it('cannot be assigned to a deactivated user', async () => {
    const answer = await okta('POST', `/api/v1/apps/${ids.app}/users`, { id: ids.gone });
    expect(answer).toMatchObject({ status: 403, body: { errorCode: 'E0000117' } });
  });
});

describe('policies and servers of the emulated Okta', () => {
  it('are listed by type, which is required', async () => {
    for (const path of ['/policies', '/policies?type=', '/policies?type=NONE']) {
      expect((await okta('GET', `/api/v1${path}`)).body).toMatchObject({ errorCode: 'E0000001' });
    }
    const policies = await rows('/policies?type=ACCESS_POLICY');
    expect(policies.map(({ type }) => type)).toEqual(['ACCESS_POLICY', 'ACCESS_POLICY']);
    expect(await rows(`/policies/${String(policies[0]?.id)}/rules`)).toMatchObject([
      { name: 'Catch-all Rule' },
    ]);
    expect(await rows('/policies?type=ENTITY_RISK')).toEqual([]);
    expect((await okta('GET', '/api/v1/policies/00p00000000000000000/rules')).status).toBe(404);
  });

  it('include the default server by that name', async () => {
    expect(await rows('/authorizationServers')).toMatchObject([
      { id: 'default' },
      { name: 'Partner API' },
    ]);
    expect(await rows('/authorizationServers/default/policies')).toMatchObject([
      { type: 'OAUTH_AUTHORIZATION_POLICY' },
    ]);
    expect((await okta('GET', '/api/v1/authorizationServers/nope/policies')).status).toBe(404);
  });

  it('list authenticators and enrolments', async () => {
    expect((await rows('/authenticators')).map(({ key }) => key)).toContain('okta_verify');
    expect(await rows(`/users/${ids.member}/authenticator-enrollments`)).toMatchObject([
      { key: 'phone_number', type: 'phone', profile: { phoneNumber: '+1 555 0100' } },
      { key: 'webauthn', type: 'security_key' },
      { key: 'external_idp' },
    ]);
  });

  it('have domains', async () => {
    expect((await okta('GET', '/api/v1/domains')).body).toMatchObject({
      domains: [{}, { id: 'default' }],
    });
  });
});

describe('states of the emulated Okta', () => {
  it.each([
    ['activate', 'ACTIVE', 403, 'E0000016'],
    ['suspend', 'SUSPENDED', 400, 'E0000001'],
    ['suspend', 'STAGED', 400, 'E0000001'],
    ['unsuspend', 'ACTIVE', 400, 'E0000001'],
    ['deactivate', 'DEPROVISIONED', 403, 'E0000038'],
    ['reset_password', 'SUSPENDED', 403, 'E0000038'],
    ['expire_password', 'STAGED', 403, 'E0000038'],
  ])('refuse to %s a user who is %s', async (verb, from, status, errorCode) => {
    const user = emulators.okta.addUser({ login: `${verb}.${from}@access.example`, status: from });
    const answer = await okta('POST', `/api/v1/users/${user.id}/lifecycle/${verb}`);
    expect([answer, user.status]).toMatchObject([{ status, body: { errorCode } }, from]);
  });

  it('return links only if no e-mail is sent', async () => {
    const user = emulators.okta.addUser({ login: 'mailed@access.example' });
    const path = `/api/v1/users/${user.id}/lifecycle/reset_password`;
    expect((await okta('POST', `${path}?sendEmail=true&revokeSessions=true`)).body).toEqual({});
    expect([user.status, user.sessions]).toEqual(['RECOVERY', 0]);
    expect((await okta('POST', `${path}?sendEmail=false`)).body).toMatchObject({
      resetPasswordUrl: expect.stringContaining('reset-password'),
    });
  });

  it('replace a profile by PUT and change it by POST', async () => {
    const user = emulators.okta.addUser({
      login: 'put@access.example',
      profile: { title: 'Old', city: 'Old' },
    });
    await okta('POST', `/api/v1/users/${user.id}`, { profile: { title: 'New' } });
    expect(user.profile).toMatchObject({ title: 'New', city: 'Old' });
    const profile = { login: 'put@access.example', email: 'put@access.example', title: 'Newest' };
    await okta('PUT', `/api/v1/users/${user.id}`, { profile });
    expect(user.profile).toMatchObject({ title: 'Newest', city: null });
    const answer = await okta('PUT', `/api/v1/users/${user.id}`, { profile: { title: 'Alone' } });
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } });
  });

  it('allow each group name only once', async () => {
    expect((await okta('POST', '/api/v1/groups', { profile: { name: 'Helpers' } })).status).toBe(
      400,
    );
  });
});

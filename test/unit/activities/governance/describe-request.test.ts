import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { requestLines, targetName } from '../../../../src/governance/request-text.ts';
import { approvalDocument } from '../../../../src/services/approvals/approval-document.ts';
import { enrolSigner, governedJob } from '../../../support/governed-job.ts';
import { inActivity } from '../../../support/mfa-parts.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

describe('the names in a request', () => {
  let database: TestDatabase;
  let store: Store;
  let job: Awaited<ReturnType<typeof governedJob>>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
    await enrolSigner(store);
    job = await governedJob(store);
  });
  afterAll(async () => {
    await job.close();
    await store.close();
    await database.close();
  });

  it('are read when it is opened, shown, and kept out of the trail', async () => {
    job.emulators.okta.patchUser(job.target, { profile: { department: 'Finance' } });
    await job.open();
    const document = approvalDocument(await job.record());
    expect(document.person).toMatchObject({
      id: job.target.id,
      login: 'target@example.com',
      department: 'Finance',
      status: 'ACTIVE',
      roles: [],
    });
    expect(document.names).toMatchObject({
      [job.target.id]: 'target@example.com',
      [job.ids.requester]: 'requester@example.com',
    });
    expect(document.arguments).toContainEqual(
      expect.objectContaining({ name: 'userId', label: 'target@example.com' }),
    );
    const trail = JSON.stringify(await store.audit.list({ run: job.requestId, limit: 200 }));
    expect(trail).not.toContain('target@example.com');
  });

  const LOGIN = 'mia.berg@northwind.example';
  const named = { name: 'Mia Berg', login: LOGIN };
  it.each<[string, string, () => Record<string, string>, object]>([
    [
      'Entra ID',
      'entra:users:disable',
      () => ({
        userId: job.emulators.entra.addUser({ userPrincipalName: LOGIN, displayName: 'Mia Berg' })
          .id,
      }),
      { ...named, product: 'entra', status: 'ENABLED' },
    ],
    [
      'Google Workspace, also if it is given by its address',
      'google:users:suspend',
      () => {
        const names = { givenName: 'Mia', familyName: 'Berg' };
        job.emulators.google.addUser({ primaryEmail: LOGIN, ...names, isAdmin: true });
        return { user: LOGIN };
      },
      { ...named, product: 'google', status: 'ACTIVE', roles: ['Super Administrator'] },
    ],
    [
      'Salesforce',
      'salesforce:users:deactivate',
      () => ({
        userId: job.emulators.salesforce.addUser({ username: LOGIN, name: 'Mia Berg' }).id,
      }),
      { ...named, product: 'salesforce', status: 'ACTIVE', roles: null },
    ],
  ])('include those of an account of %s', async (product, operation, add, shown) => {
    const id = `other-${product.slice(0, 5)}`;
    const params = add();
    expect(await job.open({ operation, params }, id)).toMatchObject({ state: 'pending' });
    const document = approvalDocument(await job.record(id));
    expect(document.person).toMatchObject(shown);
    expect(targetName(document)).toBe('Mia Berg');
    const text = requestLines(document).join('\n');
    expect(text).toContain(`Mia Berg <${LOGIN}>, status`);
    const [given] = Object.values(params);
    if (given !== LOGIN) expect(text).toContain(`user ${LOGIN} (${given})`);
    for (const who of ['ann', 'bob'] as const)
      await job.sendTo(id, await job.signFor(id, who), 'approve');
    expect(await inActivity(() => job.activities.performRequest({ requestId: id }))).toMatchObject({
      state: 'succeeded',
    });
    const trail = JSON.stringify(await store.audit.list({ run: id, limit: 200 }));
    expect(trail).not.toMatch(/mia|berg/i);
  });

  it('include the roles that a user has through groups, with the group', async () => {
    const user = job.emulators.okta.addUser({
      login: 'helper@example.com',
      roles: ['READ_ONLY_ADMIN'],
    });
    job.emulators.okta.addGroup({
      name: 'Help desk',
      members: [user.id],
      roles: ['HELP_DESK_ADMIN'],
    });
    await job.open({ params: { userId: user.id } }, 'through-group');
    const document = approvalDocument(await job.record('through-group'));
    expect(document.person?.roles).toEqual([
      'Read-Only Administrator',
      'Help Desk Administrator (through group Help desk)',
    ]);
    expect(requestLines(document).join('\n')).toContain('through group Help desk');
  });

  it('that cannot be read do not keep it from opening', async () => {
    const group = job.emulators.okta.addGroup({ name: 'Old' });
    job.emulators.faults.add({
      vendor: 'okta',
      method: 'GET',
      pathPattern: '/groups/[^/]+$',
      kind: 'status',
      status: 403,
      times: 9,
    });
    const input = { operation: 'groups:delete', params: { groupId: group.id } };
    expect(await job.open(input, 'unnamed')).toMatchObject({ state: 'pending' });
    const { names, person, effect } = approvalDocument(await job.record('unnamed'));
    expect([person, names[group.id]]).toEqual([null, undefined]);
    expect(effect).toContain('cannot be undone');
  });
});

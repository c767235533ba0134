import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { approvalDocument } from '../../../../src/services/approvals/approval-document.ts';
import { governedJob } from '../../../support/governed-job.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

describe('the names in a request', () => {
  let database: TestDatabase;
  let store: Store;
  let job: Awaited<ReturnType<typeof governedJob>>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
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

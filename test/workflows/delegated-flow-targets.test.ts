import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowJob } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { REPO } from '../support/policies.ts';
import { migratedDatabase } from '../support/postgres.ts';

const DISABLE = 'Disable Entra ID Account';

describe('a delegated flow whose target causes problems', () => {
  let flows: FlowJob;
  let stopDatabase: () => Promise<void>;
  let serial = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    const policies = ['policies/*.yaml', 'policies/examples/okta-no-destructive.yaml'].map((path) =>
      join(REPO, path),
    );
    flows = await flowJob(database.databaseUrl, { config: { policies } });
    await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  async function entraUser(over: object = {}): Promise<string> {
    serial += 1;
    const user = { userPrincipalName: `target${serial}@contoso.example`, ...over };
    return `${(await flows.job.emulators.entra.addUsers([user]))[0]?.id}`;
  }
  const sent = async (vendor: 'entra' | 'google' | 'salesforce', about: string) =>
    (await flows.job.emulators.log({ vendor, write: true })).filter(({ path }) =>
      path.includes(about),
    );

  it('is denied by a policy before an approval is requested', async () => {
    const [added] = await flows.job.emulators.addUsers([{ login: 'target@example.com' }]);
    const started = await flows.start({
      flow: 'Suspend Okta Account',
      event: flows.event('Okta', `${added?.id}`),
    });
    expect(await started.result()).toMatchObject({
      outcome: 'denied',
      code: 'policy',
      steps: [{ request: null }],
    });
    expect(await flows.writes('okta', `${added?.id}`)).toEqual([]);
  });

  it("names the required role after Entra's 403 for an administrator, and does not retry", async () => {
    const id = await entraUser({ roles: ['Global Administrator'] });
    const started = await flows.start({ flow: DISABLE, event: flows.event('AAD', id) });
    await flows.answer(started.run, 'disable');
    const ended = await started.result();
    expect(ended).toMatchObject({ outcome: 'failed', code: 'forbidden', undo: null });
    expect(ended.message).toMatch(/Administrator/);
    expect(await sent('entra', id)).toHaveLength(1);
  });

  it('waits after a 429 with Retry-After, and makes the call once', async () => {
    const id = await entraUser();
    const rule = { vendor: 'entra', method: 'PATCH', pathPattern: id } as const;
    await flows.job.emulators.fault({ ...rule, kind: 'rateLimited', retryAfter: 2, times: 1 });
    const started = await flows.start({ flow: DISABLE, event: flows.event('AAD', id) });
    await flows.answer(started.run, 'disable');
    expect(await started.result()).toMatchObject({ outcome: 'succeeded' });
    expect(await flows.writes('entra', id)).toEqual([`PATCH /v1.0/users/${id}`]);
  });

  it('checks again for a membership that appears with a delay', async () => {
    const id = await entraUser();
    const [group] = await flows.job.emulators.entra.addGroups([{ displayName: 'MFA' }]);
    await flows.job.emulators.entra.settings({ replicationMs: 12_000 });
    const event = flows.event('AAD', id);
    const inputs = { group: `${group?.id}` };
    const started = await flows.start({ flow: 'Entra ID: Add User to a Group', event, inputs });
    const ended = await started.result();
    await flows.job.emulators.entra.settings({ replicationMs: 0 });
    expect(ended).toMatchObject({ outcome: 'succeeded', steps: [{ verified: true }] });
    expect(await flows.writes('entra', `${group?.id}`)).toHaveLength(1);
  });

  it("fails with Google's 403", async () => {
    const [added] = await flows.job.emulators.google.addUsers([
      { primaryEmail: 'g@northwind.example' },
    ]);
    const id = `${added?.id}`;
    await flows.job.emulators.fault({
      vendor: 'google',
      method: 'PATCH',
      pathPattern: id,
      kind: 'status',
      status: 403,
    });
    const started = await flows.start({
      flow: 'Suspend Google Workspace User',
      event: flows.event('Google Workspace', id),
    });
    await flows.answer(started.run, 'suspend');
    expect(await started.result()).toMatchObject({ outcome: 'failed', code: 'forbidden' });
    expect(await flows.writes('google', id)).toEqual([]);
  });

  it('acts by id on an account that the event names by its address, and audits no address', async () => {
    const address = 'canary.address@northwind.example';
    const [added] = await flows.job.emulators.google.addUsers([{ primaryEmail: address }]);
    const event = flows.event('Google Workspace', address);
    const started = await flows.start({ flow: 'Suspend Google Workspace User', event });
    await flows.answer(started.run, 'suspend');
    expect(await started.result()).toMatchObject({
      outcome: 'succeeded',
      target: { id: added?.id },
    });
    expect(await flows.writes('google', `${added?.id}`)).toEqual([
      `PATCH /admin/directory/v1/users/${added?.id}`,
    ]);
    const entries = await flows.job.store.audit.list({ limit: 1_000 });
    expect(entries.some(({ entry }) => entry.subject === 'google-account')).toBe(true);
    expect(decodeURIComponent(JSON.stringify(entries))).not.toContain(address);
  });

  it('fails if Salesforce refuses to deactivate a user who is still needed', async () => {
    const needed = { errorCode: 'DELETE_FAILED', message: 'the user is a default owner of leads' };
    const [added] = await flows.job.emulators.salesforce.addUsers([
      { username: 's@acme.example', needed },
    ]);
    const id = `${added?.id}`;
    const event = flows.event('Salesforce.com', id);
    const started = await flows.start({ flow: 'Deactivate Salesforce User', event });
    await flows.answer(started.run, 'deactivate');
    const ended = await started.result();
    expect(ended).toMatchObject({ outcome: 'failed', undo: null });
    expect(['invalid', 'conflict', 'forbidden']).toContain(ended.code);
    expect(await sent('salesforce', id)).toHaveLength(1);
  });
}, 60_000);

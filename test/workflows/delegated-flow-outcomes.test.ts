import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approvalId,
  FLOW_WORKFLOW,
  flowId,
  flowStepId,
  TASK_QUEUE,
} from '../../src/workflows/messages.ts';
import { waitForRequest, flowJob, REQUESTER, TENANTS } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

const FLOW = 'Suspend Okta Account';
const ADD = 'Okta: Add User to a Group';

describe('how runs of delegated flows end', () => {
  let flows: FlowJob;
  let stopDatabase: () => Promise<void>;
  let serial = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    const listed = ['vip@example.com', 'Untouchable', 'group:Spared'];
    flows = await flowJob(database.databaseUrl, { config: { protected: listed } });
    await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  /** Adds a user whom no other test uses. */
  async function target(over: object = {}): Promise<string> {
    serial += 1;
    const [added] = await flows.job.emulators.addUsers([
      { login: `target${serial}@example.com`, ...over },
    ]);
    return `${added?.id}`;
  }
  const suspend = async (id: string, over: object = {}) =>
    flows.start({ flow: FLOW, event: flows.event('Okta', id), ...over });

  it('stops a dry run after the plan, and leaves the event unused', async () => {
    const id = await target();
    const event = flows.event('Okta', id);
    const ended = await (await flows.start({ flow: FLOW, event, dryRun: true })).result();
    expect(ended).toMatchObject({
      outcome: 'planned',
      undo: null,
      steps: [{ decision: { effect: 'approval' } }],
    });
    const real = await flows.start({ flow: FLOW, event });
    expect(real.created).toBe(true);
    await flows.answer(real.run, 'suspend', 'deny');
    expect(await real.result()).toMatchObject({ outcome: 'rejected' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it.each([
    ['by their login', { login: 'vip@example.com' }],
    ['by their group', { groups: ['Untouchable'] }],
    ['by the name of their group', { groups: ['Spared'] }],
  ])('denies a flow for a user protected %s, and sends nothing', async (_, over) => {
    const id = await target(over);
    const started = await suspend(id);
    expect(await started.result()).toMatchObject({ outcome: 'denied', code: 'protected' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('protects a user on other products too, and refuses requesters acting on their own account there', async () => {
    const { entra, google } = flows.job.emulators;
    const [vip] = await entra.addUsers([
      { userPrincipalName: 'x@contoso.example', mail: 'VIP@example.com' },
    ]);
    const [own] = await google.addUsers([
      { primaryEmail: 'r@northwind.example', aliases: ['Requester@example.com'] },
    ]);
    await target({ login: 'spared@example.com', groups: ['Spared'] });
    const [spared] = await entra.addUsers([{ userPrincipalName: 'Spared@example.com' }]);
    const disable = async (id: string) =>
      (
        await flows.start({ flow: 'Disable Entra ID Account', event: flows.event('AAD', id) })
      ).result();
    expect(await disable(`${vip?.id}`)).toMatchObject({ outcome: 'denied', code: 'protected' });
    expect(await disable(`${spared?.id}`)).toMatchObject({ outcome: 'denied', code: 'protected' });
    const event = flows.event('Google Workspace', `${own?.id}`);
    const suspended = await flows.start({ flow: 'Suspend Google Workspace User', event });
    expect(await suspended.result()).toMatchObject({ outcome: 'denied', code: 'own_account' });
    expect(await (await suspend(`${flows.people['requester']}`)).result()).toMatchObject({
      code: 'own_account',
    });
    expect([...(await flows.writes('entra')), ...(await flows.writes('google'))]).toEqual([]);
  });

  it('refuses to suspend the last super administrator, and suspends one of two', async () => {
    const one = await target({ roles: ['SUPER_ADMIN'] });
    expect(await (await suspend(one)).result()).toMatchObject({
      outcome: 'denied',
      code: 'last_super_administrator',
    });
    await flows.job.emulators.addGroups([{ name: 'Keepers', roles: ['SUPER_ADMIN'] }]);
    const asleep = await target({ groups: ['Keepers'], status: 'SUSPENDED' });
    expect(await (await suspend(one)).result()).toMatchObject({
      outcome: 'denied',
      code: 'last_super_administrator',
    });
    await flows.job.emulators.patchUser(asleep, { status: 'ACTIVE' });
    const asked = await suspend(one);
    const request = await waitForRequest(flows.job, flowStepId(asked.run, 'suspend'));
    // Meanwhile the other one is suspended: the approval is no longer enough.
    await flows.job.emulators.patchUser(asleep, { status: 'SUSPENDED' });
    const approval = flows.job.temporal.client.workflow.getHandle(approvalId(request));
    for (const name of ['ann', 'bob'])
      await approval.signal('approve', { approver: `${name}@example.com` });
    expect(await asked.result()).toMatchObject({
      outcome: 'stale',
      code: 'last_super_administrator',
    });
    expect(await flows.writes('okta', one)).toEqual([]);
  });

  it('fails for a state that does not allow the step, a missing user and an invalid id', async () => {
    const id = await target({ status: 'PROVISIONED' });
    expect(await (await suspend(id)).result()).toMatchObject({
      outcome: 'failed',
      code: 'wrong_state',
    });
    expect(await (await suspend('00kgone0000000000000')).result()).toMatchObject({
      code: 'not_found',
    });
    expect(await (await suspend('nobody')).result()).toMatchObject({
      outcome: 'failed',
      code: 'invalid_argument',
    });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('fails without sending anything if the administrators cannot be read', async () => {
    const id = await target({ roles: ['SUPER_ADMIN'] });
    await flows.job.emulators.fault({
      vendor: 'okta',
      pathPattern: 'iam/assignees',
      kind: 'status',
      status: 403,
    });
    const ended = await (await suspend(id)).result();
    await flows.job.emulators.clearFaults();
    expect(ended).toMatchObject({ outcome: 'failed', code: 'unreadable' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('ends as stale if the target changed after the approval request', async () => {
    const id = await target();
    const started = await suspend(id);
    await waitForRequest(flows.job, flowStepId(started.run, 'suspend'));
    await flows.job.emulators.patchUser(id, { profile: { title: 'somebody else' } });
    await flows.answer(started.run, 'suspend');
    expect(await started.result()).toMatchObject({ outcome: 'stale', code: 'target_changed' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('fails if the vendor refuses the call, unless the change has already been made', async () => {
    const [group] = await flows.job.emulators.addGroups([{ name: 'MFA' }]);
    const inputs = { group: `${group?.id}` };
    const id = await target();
    await flows.job.emulators.fault({
      vendor: 'okta',
      method: 'PUT',
      pathPattern: id,
      kind: 'status',
      status: 403,
    });
    const failed = await flows.start({ flow: ADD, event: flows.event('Okta', id), inputs });
    expect(await failed.result()).toMatchObject({
      outcome: 'failed',
      code: 'forbidden',
      undo: null,
    });
    const other = await target();
    const refusal = { kind: 'status', status: 400, moment: 'after' } as const;
    await flows.job.emulators.fault({
      vendor: 'okta',
      method: 'PUT',
      pathPattern: other,
      ...refusal,
    });
    const raced = await flows.start({ flow: ADD, event: flows.event('Okta', other), inputs });
    expect(await raced.result()).toMatchObject({
      outcome: 'succeeded',
      steps: [{ result: { code: 'found_done' } }],
    });
    await flows.job.emulators.clearFaults();
  });

  it('checks the account if the response to an accepted call is lost, and acts once', async () => {
    const id = await target();
    const rule = {
      vendor: 'okta',
      method: 'POST',
      pathPattern: `${id}/lifecycle/suspend`,
    } as const;
    await flows.job.emulators.fault({ ...rule, kind: 'reset', moment: 'after', times: 1 });
    const started = await suspend(id);
    await flows.answer(started.run, 'suspend');
    expect(await started.result()).toMatchObject({
      outcome: 'succeeded',
      steps: [{ result: { code: 'found_done' } }],
    });
    expect(await flows.writes('okta', id)).toHaveLength(1);
  });

  it('fails if cancelled while waiting, and cancels the approval too', async () => {
    const id = await target();
    const started = await suspend(id);
    const request = await waitForRequest(flows.job, flowStepId(started.run, 'suspend'));
    expect(await flows.job.store.flows.get(started.run)).toMatchObject({ state: 'waiting' });
    const { workflow } = flows.job.temporal.client;
    expect(await workflow.getHandle(flowId(started.run)).query('progress')).toMatchObject({
      phase: 'waiting',
    });
    await workflow.getHandle(flowId(started.run)).cancel();
    expect(await started.result()).toMatchObject({
      state: 'ended',
      outcome: 'failed',
      code: 'cancelled',
      undo: null,
    });
    expect(await workflow.getHandle(approvalId(request)).result()).toEqual({ state: 'CANCELLED' });
    expect(await flows.job.store.requests.get(request)).toMatchObject({ state: 'cancelled' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('records the completed call and its undo if cancelled during the call', async () => {
    const id = await target();
    const rule = {
      vendor: 'okta',
      method: 'POST',
      pathPattern: `${id}/lifecycle/suspend`,
    } as const;
    await flows.job.emulators.clearFaults();
    await flows.job.emulators.fault({ ...rule, kind: 'hang', moment: 'after', times: 1 });
    const started = await suspend(id);
    const request = await flows.answer(started.run, 'suspend');
    await expect
      .poll(async () => (await flows.job.emulators.faults())[0]?.struck, { timeout: 20_000 })
      .toBe(1);
    await flows.job.temporal.client.workflow.getHandle(flowId(started.run)).cancel();
    expect(await started.result()).toMatchObject({
      outcome: 'failed',
      code: 'cancelled',
      steps: [{ state: 'done', result: { code: 'found_done' } }],
      undo: [{ operation: 'okta:users:unsuspend' }],
    });
    await flows.job.emulators.clearFaults();
    expect(await flows.job.store.requests.get(request)).toMatchObject({ state: 'succeeded' });
    expect(await flows.writes('okta', id)).toHaveLength(1);
  });

  it('starts from the Temporal UI with the event itself: one run per event, and a refusal fails the workflow', async () => {
    const id = await target();
    const [group] = await flows.job.emulators.addGroups([{ name: 'Typed' }]);
    const typed = (over: object) =>
      flows.job.temporal.client.workflow.start(FLOW_WORKFLOW, {
        taskQueue: TASK_QUEUE,
        workflowId: `typed-${(serial += 1)}`,
        args: [
          { event, flow: ADD, inputs: { group: `${group?.id}` }, as: REQUESTER.principal, ...over },
        ],
      });
    const event = flows.event('Okta', id);
    const [first, second] = await Promise.all([typed({}), typed({})]);
    const ends = await Promise.all([first.result(), second.result()]);
    expect(ends[0]).toMatchObject({ flow: ADD, outcome: 'succeeded' });
    expect(ends[1]).toEqual(ends[0]);
    expect(await flows.writes('okta', `/groups/${group?.id}`)).toHaveLength(1);
    const refused = await typed({ as: 'user:stranger@example.com' });
    await expect(refused.result()).rejects.toMatchObject({
      cause: { cause: { type: 'not_found' } },
    });
    const elsewhere = await typed({
      flow: undefined,
      event: flows.event('Okta', id, { issueTitle: 'Else' }),
      inputs: {},
    });
    expect(await elsewhere.result()).toMatchObject({ flow: null, outcome: 'unrouted' });
  });

  it('starts a run for each account of a user, and reports the worst outcome', async () => {
    const id = await target();
    const [entra] = await flows.job.emulators.entra.addUsers([
      { userPrincipalName: 'p@contoso.example' },
    ]);
    const account = (product: string, tenant: string | undefined, own: string) => ({
      sourceProductName: product,
      sourceProductTenant: tenant,
      identifierInService: own,
      displayName: 'Canary',
    });
    const activeAccounts = [
      account('Okta', new URL(`${flows.job.env['OKTA_DOMAIN']}`).host, id),
      account('AAD', TENANTS.AAD[0], `${entra?.id}`),
      account('GitHub', 'acme', 'someone'),
    ];
    const affectedEntity = {
      id: 'Person_1',
      type: 'Person',
      displayName: 'Canary',
      identifierInService: 'p1',
      sourceProductName: 'Okta',
      sourceProductTenant: 'acme',
      additionalData: { activeAccounts },
    };
    const data = {
      id: 'Alert_2',
      category: 'c',
      severity: 'High',
      title: 'Unused Admin Account',
      affectedEntity,
    };
    const event = {
      id: `person-${serial}`,
      timestamp: new Date().toISOString(),
      source: 'Okta ISPM',
      type: 'issue.created',
      eventData: {
        ...data,
        fullDescription: 'f',
        shortDescription: 's',
        link: 'https://ispm.example/1',
      },
    };
    const started = await flows.start({ event });
    await expect
      .poll(async () => (await flows.job.store.flows.children(started.run)).length)
      .toBe(3);
    const children = await flows.job.store.flows.children(started.run);
    const runOf = (flow: string | null) => `${children.find((child) => child.flow === flow)?.run}`;
    await flows.answer(runOf('Suspend Okta Account'), 'suspend');
    await flows.answer(runOf('Disable Entra ID Account'), 'disable', 'deny');
    expect(await started.result()).toMatchObject({ outcome: 'rejected', steps: [] });
    const ends = await flows.job.store.flows.children(started.run);
    expect(ends.map(({ outcome }) => outcome).toSorted()).toEqual([
      'rejected',
      'succeeded',
      'unrouted',
    ]);
    expect(await flows.writes('okta', id)).toHaveLength(1);
    expect((await started.workflow()).children.toSorted()).toEqual(
      ends.map(({ run }) => run).toSorted(),
    );
  });
}, 60_000);

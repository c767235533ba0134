/**
 * Records a history of every path through the workflows, against real parts: `node
 * test/replay/record.ts`. It records only the histories that are missing in `histories`; delete a
 * file to record it again. CONTRIBUTING.md says when that is allowed.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bindInput } from '../../src/governance/stored-input.ts';
import { decisionKey, signDecision } from '../../src/governance/decision-token.ts';
import {
  approvalId,
  cancelApprovalSignal,
  ENRICH_WORKFLOW,
  FLOW_WORKFLOW,
  flowId,
  flowStepId,
  GOVERNED_WORKFLOW,
  TASK_QUEUE,
} from '../../src/workflows/messages.ts';
import type {
  EnrichAccountInput,
  MfaEnforcementCheckInput,
  OktaSyncInput,
} from '../../src/workflows/messages.ts';
import type { StartedWorkflow } from '../../src/client.ts';
import { result } from '../../src/client.ts';
import { waitForRequest, flowJob, REQUESTER } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { startSync } from '../support/okta-sync.ts';
import { startPglite } from '../support/pglite.ts';

const FOLDER = join(import.meta.dirname, 'histories');
const OLD = '2020-01-01T00:00:00.000Z';
const COVERED = [{ type: 'webauthn' }];

type Path = (job: MainJob) => Promise<StartedWorkflow>;

const started = async (
  job: MainJob,
  input: MfaEnforcementCheckInput = {},
): Promise<StartedWorkflow> => {
  const start = await job.start(input);
  const link = { client: job.temporal.client, address: '', namespace: '', close: async () => {} };
  await result(link, start).catch(() => null);
  return start;
};

async function enriched(job: MainJob, input: EnrichAccountInput): Promise<StartedWorkflow> {
  const workflowId = `enrich-account/${Date.now()}`;
  const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
  const handle = await job.temporal.client.workflow.start(ENRICH_WORKFLOW, options);
  await handle.result().catch(() => null);
  return { workflowId, run: handle.firstExecutionRunId };
}

const people = (job: MainJob, count: number, covered: number) =>
  job.emulators.addUsers(
    Array.from({ length: count }, (_, index) => ({
      login: `u${index}@example.com`,
      created: OLD,
      groups: ['Recorded'],
      ...(index < covered ? { factors: COVERED } : {}),
    })),
    { replace: true },
  );

/** Every path through the main job; each begins with an empty organisation. */
const PATHS: Record<string, Path> = {
  'first-run': async (job) => {
    await people(job, 6, 3);
    return started(job);
  },
  'tickets-kept-and-closed': async (job) => {
    const added = await people(job, 6, 3);
    await started(job);
    await job.emulators.patchUser(`${added[5]?.id}`, { factors: COVERED });
    return started(job);
  },
  'group-scope': async (job) => {
    await people(job, 5, 4);
    return started(job, { groups: ['Recorded'] });
  },
  'dry-run': async (job) => {
    await people(job, 4, 2);
    return started(job, { dryRun: true });
  },
  'bulk-tickets': async (job) => {
    await people(job, 4, 2);
    const snapshot = { version: 1, tickets: { mode: 'bulk' } };
    return started(job, { configRef: await job.store.snapshots.put(snapshot) });
  },
  'batches-of-two': async (job) => {
    await people(job, 7, 7);
    return started(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 2 } }),
    });
  },
  'delta-scan': async (job) => {
    await people(job, 6, 5);
    const published = new Date(Date.now() - 3 * 3_600_000).toISOString();
    await job.emulators.addLogEvents([{ eventType: 'user.session.start', published }]);
    const scan = { mode: 'delta', log_delay: '2s' };
    const connectors = {
      okta: { operations: ['users:*', 'groups:read', 'groups:read_members', 'logs:read'] },
    };
    const configRef = await job.store.snapshots.put({ version: 1, scan, connectors });
    await started(job, { configRef });
    return started(job, { configRef });
  },
  'pages-at-once': async (job) => {
    await people(job, 450, 450);
    return started(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 100 } }),
    });
  },
  'list-read-again-after-a-fault': async (job) => {
    await people(job, 450, 450);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: 'after=',
      kind: 'status',
      status: 503,
      times: 1,
    });
    return started(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 100 } }),
    });
  },
  'list-lost-midway': async (job) => {
    await people(job, 205, 205);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: 'after=',
      kind: 'status',
      status: 403,
    });
    return started(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 50 } }),
    });
  },
  'list-not-readable': async (job) => {
    await job.emulators.fault({ vendor: 'okta', pathPattern: '/users', kind: 'unauthorized' });
    return started(job);
  },
  'token-revoked-midway': async (job) => {
    await people(job, 12, 12);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'unauthorized',
      after: 5,
    });
    return started(job);
  },
  'faults-tried-again': async (job) => {
    await people(job, 4, 3);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'status',
      status: 503,
      times: 2,
    });
    await job.emulators.fault({
      vendor: 'jira',
      method: 'POST',
      pathPattern: '/issue$',
      kind: 'reset',
      moment: 'after',
      times: 1,
    });
    return started(job);
  },
  cancelled: async (job) => {
    await people(job, 4, 4);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: 1_500,
      times: 4,
    });
    const start = await job.start();
    while ((await job.emulators.faults())[0]?.struck === 0) await new Promise(setImmediate);
    const handle = job.temporal.client.workflow.getHandle(start.workflowId);
    await handle.cancel();
    await handle.result().catch(() => null);
    return start;
  },
  'account-enriched': async (job) => {
    await people(job, 2, 2);
    return enriched(job, {
      inputRef: await job.store.snapshots.put({ account: 'u0@example.com' }),
    });
  },
  'account-refused': (job) => enriched(job, { account: 'a"b' }),
  'checked-while-listed': async (job) => {
    await people(job, 2_300, 2_300);
    return started(job);
  },
  'continued-as-new': async (job) => {
    await people(job, 500, 500);
    return started(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 1 } }),
    });
  },
};

const KEY = decisionKey('5a'.repeat(32));
const ASKER = 'user:requester@example.com';

/** Starts a governed operation on a new user. `request` waits for the pending request. */
async function governed(job: MainJob, operation: string, as = ASKER) {
  const people = ['ann', 'bob', 'requester', `target${Date.now()}`].map((name) => ({
    login: `${name}@example.com`,
    groups: name.startsWith('target') ? [] : ['Approvers'],
  }));
  const [ann, bob, , target] = await job.emulators.addUsers(people, { replace: true });
  const { publicKey, kid } = KEY;
  await job.store.keys.addSigningKey({ kid, publicKey, createdAt: OLD, revokedAt: null });
  const input = { operation, params: { userId: `${target?.id}` }, reason: 'recorded', as };
  const workflowId = `governed-operation/${Date.now()}`;
  const bound = bindInput(input, { workflowId, madeAt: Date.now() });
  const inputRef = await job.store.snapshots.put(bound);
  const options = { taskQueue: TASK_QUEUE, workflowId, args: [{ inputRef }] };
  const handle = await job.temporal.client.workflow.start(GOVERNED_WORKFLOW, options);
  const request = async () => {
    for (;;) {
      const found = (await job.store.requests.list({ states: ['pending'], limit: 9 })).find(
        (one) => one.workflowId === workflowId,
      );
      const id = found ? approvalId(found.requestId) : '';
      const there = await job.temporal.client.workflow
        .getHandle(id || 'none')
        .describe()
        .then(
          () => true,
          () => false,
        );
      if (found && there) return found;
    }
  };
  return {
    handle,
    request,
    started: { workflowId, run: handle.firstExecutionRunId },
    people: { ann, bob },
  };
}

type Governed = Awaited<ReturnType<typeof governed>>;

async function decide(
  job: MainJob,
  { request, people }: Governed,
  verdict: 'approve' | 'deny',
): Promise<string> {
  const { requestId, argsDigest } = await request();
  const id = approvalId(requestId);
  const claim = {
    requestId,
    argsDigest,
    verdict,
    decisionId: verdict,
    surface: 'cli',
    authenticatedBy: 'key',
    at: Date.now(),
  } as const;
  const token = signDecision({ ...claim, person: `${people.ann?.id}` }, KEY);
  const approval = job.temporal.client.workflow.getHandle(id);
  await approval.signal(verdict, { token: 'no token' });
  await approval.executeUpdate('decide', { args: [{ verdict, token }] });
  return id;
}

const synced = async (job: MainJob, input: OktaSyncInput = {}): Promise<StartedWorkflow> => {
  const handle = await startSync(job, input);
  await handle.result().catch(() => null);
  return { workflowId: handle.workflowId, run: handle.firstExecutionRunId };
};

/** Every path through a sync. */
const SYNCS: Record<string, Path> = {
  'sync-complete': async (job) => {
    await people(job, 5, 3);
    return synced(job);
  },
  'sync-partial': async (job) => {
    await people(job, 205, 205);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/users\\?.*after=',
      kind: 'status',
      status: 403,
    });
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/api/v1/logs',
      kind: 'status',
      status: 403,
    });
    return synced(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 50 } }),
    });
  },
  'sync-of-apps': async (job) => synced(job, { users: false, logs: false }),
  'sync-continued-as-new': async (job) => {
    await people(job, 400, 400);
    return synced(job, {
      configRef: await job.store.snapshots.put({ version: 1, scan: { batch: 1 } }),
    });
  },
  'sync-read-while-listed': async (job) => {
    await people(job, 2_300, 2_300);
    return synced(job);
  },
  'sync-list-lost-while-read': async (job) => {
    await people(job, 405, 405);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/users\\?.*after=',
      kind: 'status',
      status: 403,
    });
    return synced(job, { logs: false });
  },
  'sync-cancelled': async (job) => {
    await people(job, 4, 4);
    await job.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: 1_500,
      times: 4,
    });
    const handle = await startSync(job);
    while (((await job.emulators.faults())[0]?.struck ?? 0) === 0) await handle.describe();
    await handle.cancel();
    await handle.result().catch(() => null);
    return { workflowId: handle.workflowId, run: handle.firstExecutionRunId };
  },
};

/** Every path through a governed operation: the workflow to record, and its approval. */
const GOVERNED: Record<
  string,
  (job: MainJob) => Promise<{ workflow: StartedWorkflow; approval: string | null }>
> = {
  'governed-read': async (job) => {
    const one = await governed(job, 'users:read_detail');
    await one.handle.result();
    return { workflow: one.started, approval: null };
  },
  'governed-denied': async (job) => {
    const one = await governed(job, 'users:suspend', 'agent:nobody');
    await one.handle.result();
    return { workflow: one.started, approval: null };
  },
  'governed-approved': async (job) => {
    const one = await governed(job, 'users:suspend');
    const approval = await decide(job, one, 'approve');
    await one.handle.result();
    return { workflow: one.started, approval };
  },
  'governed-rejected': async (job) => {
    const one = await governed(job, 'users:suspend');
    const approval = await decide(job, one, 'deny');
    await one.handle.result();
    return { workflow: one.started, approval };
  },
  'governed-expired': async (job) => {
    const one = await governed(job, 'users:clear_sessions');
    const { requestId } = await one.request();
    await one.handle.result();
    return { workflow: one.started, approval: approvalId(requestId) };
  },
  'governed-cancelled': async (job) => {
    const one = await governed(job, 'users:suspend');
    const { requestId } = await one.request();
    await one.handle.cancel();
    await one.handle.result().catch(() => null);
    await job.temporal.client.workflow
      .getHandle(approvalId(requestId))
      .signal(cancelApprovalSignal)
      .catch(() => null);
    return { workflow: one.started, approval: approvalId(requestId) };
  },
};

async function recordGoverned(job: MainJob, name: string): Promise<void> {
  const { workflow, approval } = (await GOVERNED[name]?.(job)) ?? {
    workflow: null,
    approval: null,
  };
  if (!workflow) return;
  write(
    name,
    await job.temporal.client.workflow.getHandle(workflow.workflowId, workflow.run).fetchHistory(),
  );
  if (approval === null) return;
  const handle = job.temporal.client.workflow.getHandle(approval);
  await handle.result();
  write(`${name}-approval`, await handle.fetchHistory());
}

const SUSPEND = 'Suspend Okta Account';
const ADD = 'Okta: Add User to a Group';

async function oktaTarget({ job }: FlowJob): Promise<{ id: string; inputs: { group: string } }> {
  const [group] = await job.emulators.addGroups([{ name: `MFA ${Date.now()}` }]);
  const [target] = await job.emulators.addUsers([{ login: `target${Date.now()}@example.com` }]);
  return { id: `${target?.id}`, inputs: { group: `${group?.id}` } };
}

/** Every path through a delegated flow; returns the id of the workflow to record. */
const FLOWS: Record<string, (flows: FlowJob) => Promise<string>> = {
  'flow-already': async (flows) => {
    const { id, inputs } = await oktaTarget(flows);
    await (await flows.start({ flow: ADD, event: flows.event('Okta', id), inputs })).result();
    const again = await flows.start({ flow: ADD, event: flows.event('Okta', id), inputs });
    await again.result();
    return flowId(again.run);
  },
  'flow-approved': async (flows) => {
    const { id } = await oktaTarget(flows);
    const started = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    await flows.answer(started.run, 'suspend');
    await started.result();
    return flowId(started.run);
  },
  'flow-rejected': async (flows) => {
    const { id } = await oktaTarget(flows);
    const started = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    await flows.answer(started.run, 'suspend', 'deny');
    await started.result();
    return flowId(started.run);
  },
  'flow-cancelled': async (flows) => {
    const { id } = await oktaTarget(flows);
    const started = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    await waitForRequest(flows.job, flowStepId(started.run, 'suspend'));
    await flows.job.temporal.client.workflow.getHandle(flowId(started.run)).cancel();
    await started.result();
    return flowId(started.run);
  },
  'flow-effect-seen-later': async (flows) => {
    const { entra } = flows.job.emulators;
    const [user] = await entra.addUsers([{ userPrincipalName: 'later@contoso.example' }]);
    const [group] = await entra.addGroups([{ displayName: 'MFA' }]);
    await entra.settings({ replicationMs: 5_000 });
    const event = flows.event('AAD', `${user?.id}`);
    const inputs = { group: `${group?.id}` };
    const started = await flows.start({ flow: 'Entra ID: Add User to a Group', event, inputs });
    await started.result();
    return flowId(started.run);
  },
  'flow-account-not-found': async (flows) => {
    const event = flows.event('Okta', '00kgone0000000000000');
    const started = await flows.start({ flow: SUSPEND, event });
    await started.result();
    return flowId(started.run);
  },
  'flow-started-in-temporal': async (flows) => {
    const { id, inputs } = await oktaTarget(flows);
    const input = { event: flows.event('Okta', id), flow: ADD, inputs, as: REQUESTER.principal };
    const workflowId = `started-in-temporal-${Date.now()}`;
    const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
    await flows.job.temporal.client.workflow.execute(FLOW_WORKFLOW, options);
    return workflowId;
  },
  'flow-for-a-user': async (flows) => {
    const { id } = await oktaTarget(flows);
    const account = {
      sourceProductName: 'GitHub',
      sourceProductTenant: 'acme',
      identifierInService: 'someone',
    };
    const okta = {
      sourceProductName: 'Okta',
      identifierInService: id,
      sourceProductTenant: new URL(`${flows.job.env['OKTA_DOMAIN']}`).host,
    };
    const event = {
      ...flows.event('Okta', id, { entityType: 'Person', issueTitle: 'Unused Admin Account' }),
      additionalDataActiveAccounts: [account, okta],
    };
    const started = await flows.start({ event });
    let acting: string | undefined;
    while (acting === undefined) {
      acting = (await flows.job.store.flows.children(started.run)).find(
        ({ flow }) => flow === SUSPEND,
      )?.run;
    }
    await flows.answer(acting, 'suspend');
    await started.result();
    return flowId(started.run);
  },
};

async function record(job: MainJob, name: string, path: Path): Promise<void> {
  const { workflowId, run } = await path(job);
  const first = await job.temporal.client.workflow.getHandle(workflowId, run).fetchHistory();
  write(name, first);
  const last = await job.temporal.client.workflow.getHandle(workflowId).describe();
  if (last.runId === run) return;
  const rest = await job.temporal.client.workflow.getHandle(workflowId, last.runId).fetchHistory();
  write(`${name}-last`, rest);
}

/** Keeps what a replay needs, without machine names and stack traces. */
function write(name: string, history: Parameters<typeof historyToJSON>[0]): void {
  const scrub = (key: string, value: unknown): unknown =>
    key === 'identity' || /^\d+@/.test(`${value}`) ? 'recorded' : key === 'stackTrace' ? '' : value;
  writeFileSync(
    join(FOLDER, `${name}.json`),
    `${JSON.stringify(JSON.parse(historyToJSON(history)), scrub)}\n`,
  );
}

mkdirSync(FOLDER, { recursive: true });
const database = await startPglite();
const job = await mainJob(database.databaseUrl, {
  config: {
    scan: { max_drop: 1 },
    approvals: { default_approvers: ['group:Approvers'], expires_in: '20s' },
  },
});
await job.startWorker();
for (const [name, path] of Object.entries({ ...PATHS, ...SYNCS })) {
  if (existsSync(join(FOLDER, `${name}.json`))) continue;
  await job.emulators.clearFaults();
  await people(job, 0, 0);
  await record(job, name, path);
  process.stderr.write(`${name}\n`);
}
for (const name of Object.keys(GOVERNED)) {
  if (existsSync(join(FOLDER, `${name}.json`))) continue;
  await job.emulators.clearFaults();
  await recordGoverned(job, name);
  process.stderr.write(`${name}\n`);
}
await job.close();
const missing = Object.entries(FLOWS).filter(([name]) => !existsSync(join(FOLDER, `${name}.json`)));
const flows = await flowJob(database.databaseUrl, { temporal: job.temporal });
await flows.job.startWorker();
for (const [name, path] of missing) {
  write(name, await job.temporal.client.workflow.getHandle(await path(flows)).fetchHistory());
  process.stderr.write(`${name}\n`);
}
await flows.job.close();
await job.temporal.close();
await database.close();

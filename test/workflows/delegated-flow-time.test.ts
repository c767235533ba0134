import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFlowActivities } from '../../src/activities/flows/create.ts';
import { createGovernedActivities } from '../../src/activities/governance/create.ts';
import { createFlowService } from '../../src/services/flows/flow-service.ts';
import { runDraft } from '../../src/services/flows/audit-entries.ts';
import type { FlowService } from '../../src/services/flows/types.ts';
import { readEnv } from '../../src/config/env/env.ts';
import { loadFlowConfig } from '../../src/config/flows/flow-config.ts';
import { requireOkta } from '../../src/config/env/okta-env.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import { FLOW_CATALOGUE } from '../../src/flows/catalogue.ts';
import { openStore } from '../../src/store/open.ts';
import type { FlowRunRecord } from '../../src/store/flow-types.ts';
import type { Store } from '../../src/store/types.ts';
import { approvalId, FLOW_WORKFLOW, flowStepId } from '../../src/workflows/messages.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';
import { borrowPglite } from '../support/pglite.ts';
import { bundleOf, REPO } from '../support/policies.ts';
import { timeSkipping } from '../support/temporal.ts';

const HOUR = 3_600_000;
const ANN = { principal: 'user:ann@example.com', authenticatedBy: 'cli', surface: 'cli' } as const;

describe('delegated flows on a server whose time is skipped', () => {
  let env: TestWorkflowEnvironment;
  let emulators: EmulatorProcess;
  let store: Store;
  let service: FlowService;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    env = await timeSkipping();
    const database = await borrowPglite();
    emulators = await startEmulatorProcess({ profile: 'empty', rateLimit: 0 });
    store = await openStore({ databaseUrl: database.databaseUrl });
    await store.migrate();
    await emulators.addUsers(
      ['ann', 'bob'].map((name) => ({ login: `${name}@example.com`, groups: ['Approvers'] })),
    );
    const set = { name: 'Responders', flows: ['*'], members: [ANN.principal] };
    await store.flowSettings.putSet(null, { ...set, permissions: ['run'] });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'flows',
      workflowsPath: join(REPO, 'src/workflows/index.ts'),
      activities: activities(),
    });
    const running = worker.run();
    closing.push(
      async () => (worker.shutdown(), running),
      () => store.close(),
      () => emulators.stop(),
      () => database.close(),
      () => env.teardown(),
    );
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  function activities() {
    const okta = requireOkta(readEnv({ env: emulators.env, cwd: '/', userHome: '/' }));
    const bundle = bundleOf('policies/governed-operations.yaml', 'policies/flows.yaml');
    const config = loadFlowConfig(REPO, FLOW_CATALOGUE);
    const now = (): Date => new Date();
    const connectors = createConnectors({
      okta,
      journal: store.journal,
      now,
      bundle: () => bundle,
      guardrails: () => ({ riskMax: {} }),
      grants: { useUp: (id, use, tx) => store.grants.useUp(tx, id, use) },
      quota: { share: 1, reserve: 0, warningThreshold: false },
    });
    const settings = () => ({
      requireSigned: false,
      criticalQuorum: 2,
      defaultApprovers: ['group:Approvers'],
      protected: [],
      expiresInMs: HOUR,
      grantValidForMs: HOUR,
      tenureMs: 24 * HOUR,
    });
    const parts = {
      store,
      org: okta.host,
      connectors,
      now,
      settings,
      random: () => 0,
      flushCalls: async () => {},
    };
    service = createFlowService({
      store,
      connectors,
      now,
      flowConfig: () => config,
      settings: () => ({ tenants: {}, ownOktaHost: okta.host, maxEventAgeMs: HOUR }),
    });
    const flows = {
      ...parts,
      flowService: service,
      draft: runDraft,
      flowConfig: () => config,
      searchable: () => false,
    };
    return { ...createGovernedActivities(parts), ...createFlowActivities(flows) };
  }

  async function startRun(flow: string, inputs: Record<string, string> = {}) {
    const [target] = await emulators.addUsers([
      { login: `${randomBytes(4).toString('hex')}@example.com` },
    ]);
    const event = {
      eventId: randomBytes(8).toString('hex'),
      eventTimestamp: new Date().toISOString(),
      eventSource: 'ISPM',
      eventType: 'issue.onDemand',
      issueId: 'Alert_1',
      issueTitle: 'Unused Admin Account',
      entityType: 'Account',
      entityIdInService: target?.id,
      entitySourceProductName: 'Okta',
      entitySourceProductTenant: new URL(`${emulators.env['OKTA_DOMAIN']}`).host,
    };
    const { record } = await service.admit({ requester: ANN, flow, event, inputs });
    const { run, workflowId } = record;
    const options = { taskQueue: 'flows', workflowId, args: [{ run }] };
    const handle = await env.client.workflow.start(FLOW_WORKFLOW, options);
    const ended = async (): Promise<FlowRunRecord> => {
      await handle.result();
      return (await store.flows.get(run)) as FlowRunRecord;
    };
    return { id: `${target?.id}`, run, ended };
  }

  const writesTo = async (id: string) =>
    (await emulators.log({ vendor: 'okta', write: true })).filter(({ path }) => path.includes(id));

  it('expires without a decision, together with its approval', async () => {
    const { id, run, ended } = await startRun('Suspend Okta Account');
    await vi.waitFor(
      async () => {
        const pending = await store.requests.list({ states: ['pending'], limit: 9 });
        const request = pending.find(
          ({ workflowId }) => workflowId === flowStepId(run, 'suspend'),
        )?.requestId;
        await env.client.workflow.getHandle(approvalId(`${request}`)).describe();
      },
      { timeout: 20_000, interval: 20 },
    );
    expect(await ended()).toMatchObject({
      state: 'ended',
      outcome: 'expired',
      undo: null,
      steps: [{ state: 'failed' }],
    });
    expect(await writesTo(id)).toEqual([]);
  });

  it('is unverified if the effect is not seen in time, and records its undo', async () => {
    const [group] = await emulators.addGroups([{ name: 'MFA' }]);
    await emulators.fault({
      vendor: 'okta',
      method: 'PUT',
      pathPattern: `${group?.id}`,
      kind: 'status',
      status: 204,
    });
    const { id, run, ended } = await startRun('Okta: Add User to a Group', {
      group: `${group?.id}`,
    });
    expect(await ended()).toMatchObject({
      outcome: 'unverified',
      code: 'not_seen',
      steps: [{ state: 'done', verified: false }],
      undo: [
        { operation: 'okta:groups:remove_member', params: { groupId: group?.id, userId: id } },
      ],
    });
    const story = (await store.audit.list({ subject: run, limit: 50 })).map(({ entry }) => entry);
    expect(story.find(({ kind }) => kind === 'flow.verified')?.outcome).toMatchObject({
      step: 'add',
      verified: false,
    });
    // The user never joined the group, so there is nothing to undo.
    await emulators.clearFaults();
    const { record } = await service.admitUndo(ANN, run);
    const options = {
      taskQueue: 'flows',
      workflowId: record.workflowId,
      args: [{ run: record.run }],
    };
    expect(await env.client.workflow.execute(FLOW_WORKFLOW, options)).toMatchObject({
      outcome: 'already_in_state',
    });
  });
}, 60_000);

/** Delegated flows on real parts: service, worker, dev server, store and emulators. */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { createFlowService } from '../../src/services/flows/flow-service.ts';
import { flowResult, startFlow } from '../../src/client/delegated-flow.ts';
import { workflowEnds } from '../../src/client/flow-ends.ts';
import type {
  RunRequest,
  FlowRequester,
  FlowService,
  FlowServiceParts,
} from '../../src/services/flows/types.ts';
import { readFlowConfig } from '../../src/config/flows/flow-config.ts';
import { requireOkta } from '../../src/config/env/okta-env.ts';
import { readEnv } from '../../src/config/env/env.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import type { VendorName } from '../../emulators/types.ts';
import { FLOW_CATALOGUE } from '../../src/flows/catalogue.ts';
import type { FlowRunRecord } from '../../src/store/flow-types.ts';
import { approvalId, flowStepId } from '../../src/workflows/messages.ts';
import type { DelegatedFlowResult } from '../../src/workflows/messages.ts';
import { mainJob } from './main-job.ts';
import type { ConfigOverrides, MainJob, MainJobOptions } from './main-job.ts';
import { bundleOf } from './policies.ts';

/** Tenants that count as ours in these tests. */
export const TENANTS = {
  AAD: ['contoso.example'],
  'Google Workspace': ['northwind.example'],
  'Salesforce.com': ['acme.my.salesforce.com'],
};
export type Product = keyof typeof TENANTS | 'Okta';

export const REQUESTER: FlowRequester = {
  principal: 'user:requester@example.com',
  authenticatedBy: 'cli',
  surface: 'cli',
};

export interface FlowJob {
  job: MainJob;
  service: FlowService;
  /** A flow service that looks up runs in Temporal, with a clock two minutes ahead. */
  later: FlowService;
  /** Okta ids of ann and bob (who may approve), the requester and a stranger. */
  people: Record<string, string>;
  /** An event about an account, with a new id. */
  event(product: Product, id: string, over?: Record<string, unknown>): Record<string, unknown>;
  /** Admits and starts; `result` waits for the end and returns the run as it is then. */
  start(ask: Omit<RunRequest, 'requester'> & { requester?: FlowRequester }): Promise<StartedFlow>;
  undo(run: string): Promise<StartedFlow>;
  /** Waits until a step requests approval, and decides. */
  answer(run: string, step: string, verdict?: 'approve' | 'deny'): Promise<string>;
  /** Writes that a vendor accepted, as `METHOD path`. */
  writes(vendor: VendorName, about?: string): Promise<string[]>;
  kinds(run: string): Promise<string[]>;
}

export interface StartedFlow {
  run: string;
  created: boolean;
  record: FlowRunRecord;
  workflow(): Promise<DelegatedFlowResult>;
  result(): Promise<FlowRunRecord>;
}

/** Short waits, unsigned approvals, and all members of the group Approvers may approve. */
const CONFIG: ConfigOverrides = {
  approvals: { require_signed: false, default_approvers: ['group:Approvers'], expires_in: '60s' },
  remediation: { tenants: TENANTS },
};

/** Creates the parts; does not start the worker. */
export async function flowJob(databaseUrl: string, options: MainJobOptions = {}): Promise<FlowJob> {
  const job = await mainJob(databaseUrl, { ...options, config: { ...CONFIG, ...options.config } });
  const people: Record<string, string> = {};
  const added = await job.emulators.addUsers(
    ['ann', 'bob', 'requester', 'stranger'].map((name) => ({
      login: `${name}@example.com`,
      groups: name === 'ann' || name === 'bob' ? ['Approvers'] : [],
    })),
  );
  for (const { id, login } of added) people[login.split('@')[0] ?? ''] = id;
  const members = [REQUESTER.principal, 'user:ann@example.com'];
  await job.store.flowSettings.putSet(null, {
    name: 'Responders',
    flows: ['*'],
    members,
    permissions: ['run'],
  });
  const service = serviceOf(job);
  const link = { client: job.temporal.client, address: '', namespace: '', close: async () => {} };
  const later = serviceOf(job, {
    ends: workflowEnds(async () => link),
    now: () => new Date(Date.now() + 120_000),
  });

  async function begin({
    record,
    created,
  }: {
    record: FlowRunRecord;
    created: boolean;
  }): Promise<StartedFlow> {
    const { run } = record;
    const started = await startFlow(link, record);
    const workflow = (): Promise<DelegatedFlowResult> =>
      flowResult(link, started ?? { workflowId: record.workflowId, run });
    const result = async (): Promise<FlowRunRecord> => {
      if (started) await workflow();
      return (await job.store.flows.get(run)) as FlowRunRecord;
    };
    return { run, created, record, workflow, result };
  }

  return {
    job,
    service,
    later,
    people,
    event: (product, id, over = {}) => ({
      eventId: randomBytes(8).toString('hex'),
      eventTimestamp: new Date().toISOString(),
      eventSource: 'Okta ISPM',
      eventType: 'issue.onDemand',
      issueId: 'Alert_1',
      issueTitle: 'Unused Admin Account',
      issueSeverity: 'High',
      entityType: 'Account',
      entityIdInService: id,
      entityDisplayName: 'Canary Smith',
      entitySourceProductName: product,
      entitySourceProductTenant:
        product === 'Okta' ? new URL(`${job.env['OKTA_DOMAIN']}`).host : TENANTS[product][0],
      ...over,
    }),
    start: async (ask) => begin(await service.admit({ requester: REQUESTER, ...ask })),
    undo: async (run) => begin(await service.admitUndo(REQUESTER, run)),
    answer: async (run, step, verdict = 'approve') => {
      const request = await waitForRequest(job, flowStepId(run, step));
      const approval = job.temporal.client.workflow.getHandle(approvalId(request));
      await approval.signal(verdict, { approver: 'ann@example.com' });
      return request;
    },
    writes: async (vendor, about = '') =>
      (await job.emulators.log({ vendor, write: true }))
        .filter(({ path, accepted }) => accepted && path.includes(about) && !path.includes('token'))
        .map(({ method, path }) => `${method} ${path}`),
    kinds: async (run) =>
      (await job.store.audit.list({ subject: run, limit: 200 })).map(({ entry }) => entry.kind),
  };
}

const PATIENCE_MS = 30_000;

/** Waits for the request of a step that needs a decision, and returns its id. */
export async function waitForRequest(
  { store, temporal }: MainJob,
  workflowId: string,
): Promise<string> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    const pending = await store.requests.list({ states: ['pending'], limit: 100 });
    const request = pending.find((one) => one.workflowId === workflowId)?.requestId ?? 'none';
    const approval = temporal.client.workflow.getHandle(approvalId(request)).describe();
    if (await approval.then(({ status }) => status.name === 'RUNNING').catch(() => false))
      return request;
  }
  throw new Error(`${workflowId} requested no approval within ${PATIENCE_MS} ms`);
}

function serviceOf(job: MainJob, over: Partial<FlowServiceParts> = {}): FlowService {
  const okta = requireOkta(readEnv({ env: job.env, cwd: '/', userHome: '/' }));
  const bundle = bundleOf('policies/governed-operations.yaml');
  const now = (): Date => new Date();
  const connectors = createConnectors({
    okta,
    journal: job.store.journal,
    now,
    bundle: () => bundle,
    guardrails: () => ({ riskMax: {} }),
    quota: { share: 1, reserve: 0, warningThreshold: false },
  });
  return createFlowService({
    store: job.store,
    connectors,
    now,
    flowConfig: () => readFlowConfig(dirname(`${job.env['ARX_CONFIG']}`), FLOW_CATALOGUE),
    settings: () => ({ tenants: TENANTS, ownOktaHost: okta.host, maxEventAgeMs: 86_400_000 }),
    ...over,
  });
}

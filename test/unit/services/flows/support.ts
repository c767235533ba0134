import { randomBytes } from 'node:crypto';
import { createFlowService } from '../../../../src/services/flows/flow-service.ts';
import type {
  RunRequest,
  FlowRequester,
  FlowService,
  FlowServiceParts,
} from '../../../../src/services/flows/types.ts';
import { loadFlows } from '../../../../src/config/flows/flows.ts';
import type { ConnectorSettings } from '../../../../src/connectors/create.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { FLOW_CATALOGUE } from '../../../../src/flows/catalogue.ts';
import type { Flow, ResourceSet, Route } from '../../../../src/flows/types.ts';
import type { Store } from '../../../../src/store/types.ts';
import { bundleOf, REPO } from '../../../support/policies.ts';
import { emulatedHarness } from '../../connectors/support/emulated.ts';

export const SUSPEND = 'Suspend Okta Account';
export const ADD = 'Okta: Add User to a Group';
export const DISABLE = 'Disable Entra ID Account';
export const NOW = '2026-11-22T08:00:00.000Z';

/** The shipped flows. */
export const FLOWS: readonly Flow[] = loadFlows(REPO, FLOW_CATALOGUE).flows;

export const ROUTES: readonly Route[] = [
  { product: 'Okta', titles: ['Unused Admin Account'], flow: SUSPEND, inputs: {} },
  {
    product: 'Okta',
    titles: ['No MFA - Account'],
    flow: ADD,
    inputs: { group: '00gMFA00000000000000' },
  },
  { product: 'AAD', titles: ['Unused Admin Account'], flow: DISABLE, inputs: {} },
];

/**
 * Who may do what: Ann and the key run all flows, Bo runs them through his group, Vic only sees
 * them, Sue changes the sets.
 */
export const SETS: readonly ResourceSet[] = [
  {
    name: 'Responders',
    flows: ['*'],
    members: ['user:ann@example.com', 'key:soc'],
    permissions: ['run'],
  },
  { name: 'Suspenders', flows: [SUSPEND], members: ['group:SOC'], permissions: ['run', 'view'] },
  {
    name: 'Readers',
    flows: [SUSPEND, ADD],
    members: ['user:vic@example.com', 'key:reader'],
    permissions: ['view'],
  },
];

/** Adds the people of the tests to an emulated organisation. */
export function populate({
  okta,
}: RunningEmulators): Record<'ann' | 'bo' | 'vic' | 'sue' | 'gus' | 'cus' | 'out', string> {
  okta.addGroup({ name: 'Root', roles: ['SUPER_ADMIN'] });
  const id = (login: string, more: object = {}) =>
    okta.addUser({ login: `${login}@example.com`, ...more }).id;
  return {
    ann: id('ann', { roles: ['USER_ADMIN', 'CUSTOM'] }),
    bo: id('bo', { groups: ['SOC'] }),
    vic: id('vic'),
    sue: id('sue', { roles: ['SUPER_ADMIN'] }),
    gus: id('gus', { groups: ['Root'] }),
    cus: id('cus', { roles: ['CUSTOM'] }),
    out: id('out', { status: 'SUSPENDED', roles: ['SUPER_ADMIN'], groups: ['SOC'] }),
  };
}

export const person = (name: string): FlowRequester => ({
  principal: `user:${name}@example.com`,
  authenticatedBy: 'cli',
  surface: 'cli',
});
export const key = (name: string): FlowRequester => ({
  principal: `agent:${name}`,
  authenticatedBy: 'key',
  surface: 'api',
});

interface FlowServiceOptions {
  connectors?: Partial<ConnectorSettings>;
  flowConfig?: Partial<ReturnType<FlowServiceParts['flowConfig']>>;
  now?: () => Date;
  ends?: FlowServiceParts['ends'];
}

/** A flow service over a store and an emulated organisation, with the shipped policies. */
export function createTestFlowService(
  emulators: RunningEmulators,
  store: Store,
  { connectors = {}, flowConfig = {}, now = () => new Date(NOW), ends }: FlowServiceOptions = {},
): FlowService & { parts: FlowServiceParts } {
  const bundle = bundleOf('policies/governed-operations.yaml');
  const harness = emulatedHarness(emulators.document, {
    journal: store.journal,
    bundle: () => bundle,
    ...connectors,
  });
  const parts: FlowServiceParts = {
    store,
    connectors: harness.connectors,
    now,
    ...(ends && { ends }),
    flowConfig: () => ({ flows: FLOWS, routes: ROUTES, sets: SETS, ...flowConfig }),
    settings: () => ({
      tenants: { AAD: ['contoso.example'] },
      ownOktaHost: 'example.okta.com',
      maxEventAgeMs: 86_400_000,
    }),
  };
  return { ...createFlowService(parts), parts };
}

/** An on-demand event about an account, with a new id. */
export const event = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  eventId: randomBytes(8).toString('hex'),
  eventTimestamp: '2026-11-22T07:59:00Z',
  eventSource: 'Okta ISPM',
  eventType: 'issue.onDemand',
  issueId: 'Alert_1',
  issueTitle: 'Unused Admin Account',
  issueSeverity: 'High',
  entityType: 'Account',
  entityIdInService: '00k1',
  entityDisplayName: 'Canary Smith',
  entitySourceProductName: 'Okta',
  entitySourceProductTenant: 'example.okta.com',
  ...over,
});

export const account = (product: string, tenant: string, id: string) => ({
  sourceProductName: product,
  sourceProductTenant: tenant,
  identifierInService: id,
  displayName: 'Canary Smith',
});

/** An event about something other than a single account. */
export const created = (
  type: string,
  accounts: readonly object[] = [],
  over: object = {},
): Record<string, unknown> => ({
  id: randomBytes(8).toString('hex'),
  timestamp: '2026-11-22T07:59:00Z',
  source: 'Okta ISPM',
  type: 'issue.created',
  eventData: {
    id: 'Alert_2',
    title: 'Unused Admin Account',
    severity: 'High',
    affectedEntity: {
      id: 'E1',
      type,
      displayName: 'Canary Smith',
      sourceProductName: 'Okta',
      sourceProductTenant: 'example.okta.com',
      additionalData: { activeAccounts: accounts },
    },
  },
  ...over,
});

export const ask = (requester: FlowRequester, over: Partial<RunRequest> = {}): RunRequest => ({
  requester,
  event: event(),
  ...over,
});

/** The code of a refusal; fails if there was none. */
export async function refusedWith(promise: Promise<unknown>): Promise<unknown> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  return (thrown as { code?: unknown } | null)?.code ?? thrown;
}

/** Kinds and outcomes of the audit entries of the service. */
export async function told(store: Store): Promise<[kind: string, outcome: unknown][]> {
  const entries = await store.audit.list({ limit: 1_000 });
  return entries
    .filter(({ entry }) => /^(flow|resource_set)\./.test(entry.kind))
    .map(({ entry }) => [entry.kind, entry.outcome]);
}

import type { FlowRunRecord } from '../../src/store/flow-types.ts';

/** A run that was just opened; `over` sets the fields that matter to a test. */
export function flowRun(run: string, over: Partial<FlowRunRecord> = {}): FlowRunRecord {
  const account = {
    product: 'Okta',
    tenant: 'example.okta.com',
    id: '00u1',
    displayName: 'Ann Lee',
  };
  return {
    run,
    workflowId: `delegated-flow/${run}`,
    flow: 'Suspend Okta Account',
    version: '0123456789ab',
    caller: {
      principal: 'user:ann@example.com',
      personId: null,
      authenticatedBy: 'cli',
      surface: 'cli',
    },
    eventId: 'e1',
    eventDigest: 'digest',
    inputs: {},
    dryRun: false,
    parent: null,
    undoes: null,
    issue: {
      eventId: 'e1',
      eventType: 'issue.onDemand',
      source: 'Okta ISPM',
      at: '2026-11-22T08:00:00.000Z',
      issueId: 'Alert_1',
      category: null,
      severity: 'High',
      title: 'Unused Admin Account',
      texts: {},
      entity: { kind: 'account', account },
      lastLogin: null,
    },
    state: 'open',
    outcome: null,
    code: null,
    message: null,
    error: null,
    target: null,
    steps: [],
    undo: null,
    startedAt: '2026-11-22T08:00:00.000Z',
    finishedAt: null,
    ...over,
  };
}

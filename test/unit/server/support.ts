import { createHmac } from 'node:crypto';
import { pino } from 'pino';
import type {
  ApprovalRequest,
  ProvenDecision,
} from '../../../src/services/approvals/signed-decision.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import { ChangeFeed } from '../../../src/services/audit/change-feed.ts';
import { Secret } from '../../../src/config/env/secret.ts';
import type { Approval } from '../../../src/governance/approval.ts';
import { createApp } from '../../../src/server/app.ts';
import { Background } from '../../../src/server/background.ts';
import { Counters } from '../../../src/server/metrics.ts';
import type { ServerParts } from '../../../src/server/types.ts';
import type { ActionRequest } from '../../../src/store/governance-types.ts';
import type { Store } from '../../../src/store/types.ts';
import type { DecisionAnswer } from '../../../src/workflows/messages.ts';

export const SECRET = 'c'.repeat(32);
export const NOW = new Date('2026-11-22T08:00:00.000Z');
export const ANN = { id: '00uAnnAnnAnnAnnAnnAn', login: 'ann@example.com' };
export const COUNTED: DecisionAnswer = { accepted: true, code: 'counted', state: 'APPROVED' };

const APPROVAL: Approval = {
  state: 'PENDING',
  deadline: NOW.getTime() + 3_600_000,
  grace: 2_000,
  quorum: 1,
  banned: [],
  votes: [],
  requirements: [{ policy: 'p', count: 1, eligible: [ANN.id] }],
};
const REQUEST: Omit<ActionRequest, 'requestId'> = {
  workflowId: 'w',
  run: 'run',
  connector: 'okta',
  operation: 'users:suspend',
  args: { userId: '00u1' },
  argsDigest: 'abc',
  principal: 'user:bob@example.com',
  authenticatedBy: 'cli',
  surface: 'cli',
  requesterId: null,
  onBehalfOf: null,
  reason: 'left',
  risk: 'HIGH',
  target: { kind: 'user', id: '00u1' },
  targetFacts: null,
  bundleDigest: 'def',
  createdAt: NOW.toISOString(),
  obligations: { approval: 'hitl', approvers: [], expiresInMs: null, grantValidForMs: null },
};

/** A request that needs a decision. */
export async function askAbout(store: Store, requestId: string): Promise<void> {
  await store.requests.open({ ...REQUEST, requestId }, 'pending', APPROVAL);
}

const nobody = (): never => {
  throw new Error('these tests have no flows');
};
const NO_FLOW_SERVICE: ServerParts['flows']['service'] = {
  list: nobody,
  scope: nobody,
  show: nobody,
  admit: nobody,
  openChildren: nobody,
  admitUndo: nobody,
  history: nobody,
  run: nobody,
  sets: nobody,
  putSet: nobody,
  removeSet: nobody,
  switch: nobody,
};
const NO_FLOWS = {
  service: NO_FLOW_SERVICE,
  routes: () => [],
  start: nobody,
  requestsPerMinute: () => 600,
};

/** The app over a real store, with fake users and a fake approval. */
export function appOver(store: Store, over: Partial<ServerParts> = {}) {
  const decisions: { request: ApprovalRequest; proven: ProvenDecision }[] = [];
  const background = new Background();
  const parts: ServerParts = {
    store,
    slackSecret: new Secret(SECRET),
    findUserBySlackId: async (userId) => (userId === 'U0ANN' ? ANN : null),
    findUser: async (login) => (login === ANN.login ? ANN : null),
    isSuperAdministrator: async () => false,
    closeEnded: async (records) => [...records],
    decide: async (request, proven) => {
      decisions.push({ request, proven });
      return COUNTED;
    },
    enricher: { enrich: async () => [] },
    approvalsPerMinute: () => 600,
    enrichmentsPerMinute: () => 600,
    flows: NO_FLOWS,
    checks: {
      start: async () => ({ workflowId: 'w', run: 'r' }),
      progress: async () => null,
      cancel: nobody,
      schedule: nobody,
      register: nobody,
    },
    feed: new ChangeFeed(store, 20),
    integrations: { cards: nobody, testOkta: nobody },
    policies: { config: configSchema.parse({ version: 1 }), baseDir: '/', bundle: nobody },
    twin: { open: async () => null, status: nobody, start: nobody, progress: nobody },
    requestsPerMinute: () => 600,
    pingTemporal: async () => undefined,
    counters: new Counters(),
    now: () => NOW,
    log: pino({ level: 'silent' }),
    ...over,
  };
  return { app: createApp(parts, background), background, decisions, parts };
}

/** The body of a click as Slack sends it. */
export function clickBody(requestId: string, over: Record<string, unknown> = {}): string {
  const payload = {
    type: 'block_actions',
    user: { id: 'U0ANN', username: 'ann', team_id: 'T1' },
    container: { type: 'message', message_ts: '1763798400.000100', channel_id: 'C0SEC' },
    response_url: 'https://hooks.slack.com/actions/T1/1/x',
    actions: [
      {
        type: 'button',
        action_id: 'arx_approve',
        block_id: 'arx_decision',
        value: requestId,
        action_ts: '1763798401.1',
      },
    ],
    ...over,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** Headers of a message signed as Slack does. */
export function signed(
  body: string,
  { at = NOW.getTime() / 1000, secret = SECRET } = {},
): Record<string, string> {
  const mac = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': `${at}`,
    'x-slack-signature': `v0=${mac}`,
  };
}

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import { context } from '../unit/connectors/support/harness.ts';
import { emulatedHarness } from '../unit/connectors/support/emulated.ts';
import type { FaultKind, FaultRule } from '../../emulators/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';

const CANARIES = {
  oktaToken: '00canaryOktaToken4242',
  jiraToken: 'canaryJiraToken4242',
  slackToken: 'xoxb-canarySlackToken4242',
  jiraEmail: 'robot-canary-4242@northwind.example',
  phone: '+1 555 4242 4242',
  totpSeed: 'CANARYSEED42424242',
  email: 'canary-4242@northwind.example',
  summary: 'canary-summary-4242',
};
const encoded = Buffer.from(`${CANARIES.jiraEmail}:${CANARIES.jiraToken}`).toString('base64');
const needles = [...Object.values(CANARIES), encoded];

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({
    profile: 'empty',
    canaries: { phone: CANARIES.phone, totpSeed: CANARIES.totpSeed, email: CANARIES.email },
    tokens: {
      okta: CANARIES.oktaToken,
      jira: CANARIES.jiraToken,
      jiraEmail: CANARIES.jiraEmail,
      slack: CANARIES.slackToken,
    },
  });
  emulators.okta.addUser({
    login: CANARIES.email,
    profile: { email: CANARIES.email, mobilePhone: CANARIES.phone },
    factors: [
      { type: 'sms' },
      { type: 'call' },
      { type: 'email' },
      { type: 'token:software:totp', provider: 'GOOGLE', status: 'PENDING_ACTIVATION' },
    ],
  });
});
afterAll(() => emulators.close());

const FAULTS: (Partial<FaultRule> & { kind: FaultKind })[] = [
  {
    kind: 'status',
    status: 500,
    body: { errorCode: 'E0000009', errorSummary: CANARIES.email, error: CANARIES.email },
  },
  {
    kind: 'status',
    status: 400,
    body: { errorMessages: [CANARIES.email], errors: { [CANARIES.email]: CANARIES.phone } },
  },
  {
    kind: 'status',
    status: 200,
    body: { ok: false, error: CANARIES.email, profile: CANARIES.phone },
  },
  { kind: 'html200' },
  { kind: 'truncated' },
  { kind: 'reset', moment: 'after' },
  { kind: 'unauthorized' },
  { kind: 'rateLimited', retryAfter: 1 },
];

/** The text of everything that is logged, thrown or audited during the main calls. */
async function traces(
  fault: (typeof FAULTS)[number] | null,
): Promise<{ text: string; failures: number; factors: string[] }> {
  const { connectors, journal, events } = emulatedHarness(emulators.document);
  const users = await connectors.okta('users:read', { statuses: ['ACTIVE'] }, context());
  const userId = users.output.items[0]?.id ?? '';
  const first = { project: 'SEC', issueType: 'Task', summary: CANARIES.summary, labels: [] };
  const text = [{ type: 'paragraph' as const, text: `${CANARIES.email} ${CANARIES.summary}` }];
  const message = {
    text: CANARIES.summary,
    blocks: [],
    metadata: { eventType: 'arx', payload: {} },
  };
  for (const vendor of ['okta', 'jira', 'slack'] as const)
    if (fault) emulators.faults.add({ vendor, ...fault });
  const outcomes = await Promise.allSettled([
    connectors.okta('users:read_factors', { userId }, context()),
    connectors.okta('users:read_detail', { userId: CANARIES.email }, context({ subject: userId })),
    connectors.okta('groups:read', { name: CANARIES.summary }, context()),
    connectors.jira('issues:create', { ...first, description: text }, context()),
    connectors.jira(
      'issues:read',
      { by: 'jql', jql: `summary ~ "${CANARIES.summary}"` },
      context(),
    ),
    connectors.slack(
      'chat:write',
      { channel: emulators.document.slackChannel, ...message },
      context(),
    ),
    connectors.slack('history:read', { channel: emulators.document.slackChannel }, context()),
  ]);
  emulators.faults.clear();
  const failures = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => reason as Error);
  const shown = [
    connectors,
    journal.drafts,
    events,
    failures,
    failures.map(({ stack, cause }) => [stack, cause]),
  ];
  return {
    text: shown
      .map((one) => `${inspect(one, { depth: 20, showHidden: true })}${JSON.stringify(one)}`)
      .join('\n'),
    failures: failures.length,
    factors: outcomes[0]?.status === 'fulfilled' ? [inspect(outcomes[0].value, { depth: 20 })] : [],
  };
}

describe('secrets and personal data', () => {
  it('are present in the requests and responses', async () => {
    const authorization = { authorization: `SSWS ${CANARIES.oktaToken}` };
    const list = await fetch(`${emulators.document.okta}/api/v1/users`, { headers: authorization });
    const [user] = (await list.json()) as { id: string }[];
    const factors = await fetch(`${emulators.document.okta}/api/v1/users/${user?.id}/factors`, {
      headers: authorization,
    });
    const text = await factors.text();
    expect([text.includes(CANARIES.phone), text.includes(CANARIES.totpSeed)]).toEqual([true, true]);
  });

  it('appear in no audit entry, event or factor when all calls succeed', async () => {
    const { text, factors } = await traces(null);
    expect(needles.filter((needle) => text.includes(needle))).toEqual([]);
    expect(needles.filter((needle) => factors.join().includes(needle))).toEqual([]);
    expect(factors).toHaveLength(1);
  });

  it.each(FAULTS)('appear in no error, audit entry or event under $kind $status', async (fault) => {
    const { text, failures } = await traces(fault);
    expect(failures).toBeGreaterThan(3);
    expect(needles.filter((needle) => text.includes(needle))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import { openApiOf } from '../support/openapi.ts';
import { itWithReference } from '../support/reference.ts';
import { context } from '../unit/connectors/support/harness.ts';
import { emulatedHarness } from '../unit/connectors/support/emulated.ts';
import type { Connectors, JiraOperations, SlackOperations } from '../../src/connectors/types.ts';
import type { Named } from '../../src/connectors/pipeline/operation.ts';
import type { LogEntry } from '../../emulators/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';

const text = [{ type: 'paragraph' as const, text: 'Please enrol a factor.' }];
const content = {
  text: 'MFA',
  blocks: [],
  metadata: { eventType: 'arx_summary', payload: { run: 'r' } },
};

/** What the calls need to know about the emulated vendors and each other. */
interface Known {
  channel: string;
  member: string;
  issue: { key: string };
  message: { ts: string };
}
type Inputs<Table> = {
  [Name in keyof Table]: (
    known: Known,
  ) => Table[Name] extends { input: infer Input } ? Input[] : never;
};

const JIRA: Inputs<Named<JiraOperations>> = {
  'issues:create': ({ issue }) => [
    { project: 'SEC', issueType: 'Task', summary: 'a', description: text, labels: ['arx-1'] },
    {
      project: 'SEC',
      issueType: 'Task',
      summary: 'b',
      description: text,
      labels: [],
      priority: 'High',
      dueDate: '2026-12-31',
      relatesTo: issue.key,
    },
  ],
  'issues:read': ({ issue }) => [
    { by: 'key', key: issue.key },
    { by: 'key', key: issue.key, comments: true },
    { by: 'jql', jql: 'labels = "arx-1"', limit: 1 },
    { by: 'transitions', key: issue.key },
    { by: 'issue_types', project: 'SEC' },
  ],
  'issues:update': ({ issue }) => [
    { key: issue.key, summary: 'c', description: text, addLabels: ['x'] },
  ],
  'issues:comment': ({ issue }) => [{ key: issue.key, body: text }],
  'issues:transition': ({ issue }) => [{ key: issue.key, transitionId: '31' }],
  'projects:read': () => [{ project: 'SEC' }],
  'myself:read': () => [{}],
  'permissions:read': () => [{ project: 'SEC', permissions: ['CREATE_ISSUES'] }],
  'users:lookup': () => {
    const account = { accountId: 'a', displayName: 'Ann', emailAddress: null, active: true };
    emulators.jira.settings.accounts = [{ ...account, foundBy: 'ann@northwind.example' }];
    return [{ email: 'ann@northwind.example' }];
  },
  'server:read': () => [{}],
};
const SLACK: Inputs<Named<SlackOperations>> = {
  'auth:test': () => [{}],
  'channels:members': ({ channel }: Known) => [{ channel }],
  'channels:read': ({ channel }) => [{ channel }],
  'chat:write': ({ channel }) => [{ channel, ...content }],
  'chat:update': ({ channel, message }) => [{ channel, ts: message.ts, ...content }],
  'history:read': ({ channel }) => [{ channel, oldest: '0' }],
  'users:lookup': ({ member }) => [{ email: 'ann+slack@northwind.example' }, { user: member }],
};

let emulators: RunningEmulators;
let connectors: Connectors;
let known: Known;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'plain', users: 5 });
  ({ connectors } = emulatedHarness(emulators.document));
  const member = emulators.slack.addMember({ email: 'Ann+Slack@northwind.example' }).id;
  const issue = await connectors.jira(
    'issues:create',
    { project: 'SEC', issueType: 'Task', summary: 'first', description: text, labels: ['arx-1'] },
    context(),
  );
  const channel = emulators.document.slackChannel;
  const message = await connectors.slack('chat:write', { channel, ...content }, context());
  known = {
    channel,
    member,
    issue: issue.output,
    message: message.output,
  };
});
afterAll(() => emulators.close());

const rows = [
  ...Object.entries(JIRA).map(([operation, inputs]) => ({
    vendor: 'jira' as const,
    operation,
    inputs,
  })),
  ...Object.entries(SLACK).map(([operation, inputs]) => ({
    vendor: 'slack' as const,
    operation,
    inputs,
  })),
];

const callsByRow = new Map<object, Promise<LogEntry[]>>();

/**
 * The vendor's log of the calls of a row, made only once because some would be refused the second
 * time.
 */
function callsOf(row: (typeof rows)[number]): Promise<LogEntry[]> {
  const calls = callsByRow.get(row) ?? makeCalls(row);
  callsByRow.set(row, calls);
  return calls;
}

/** Makes every call of a row; returns what the vendor logged meanwhile. */
async function makeCalls({
  vendor,
  operation,
  inputs,
}: (typeof rows)[number]): Promise<LogEntry[]> {
  const before = emulators.log.entries.length;
  for (const input of (inputs as (known: Known) => unknown[])(known)) {
    await (connectors[vendor] as Connectors['jira'])(operation, input as never, context());
  }
  return emulators.log.entries.slice(before);
}

describe('a request to Jira Data Center', () => {
  let dataCenter: RunningEmulators;
  beforeAll(async () => {
    dataCenter = await startEmulators({
      profile: 'empty',
      jiraEdition: 'data_center',
      jiraPath: '/jira',
    });
    const account = { accountId: 'a', displayName: 'Ann', emailAddress: null, active: true };
    dataCenter.jira.settings.accounts = [{ ...account, foundBy: 'ann@northwind.example' }];
  });
  afterAll(() => dataCenter.close());

  it('is accepted for every operation, and none goes to a path of Cloud', async () => {
    const { jira } = emulatedHarness(dataCenter.document).connectors;
    const first = { project: 'SEC', issueType: 'Task', summary: 'first', labels: ['arx-1'] };
    const created = await jira('issues:create', { ...first, description: text }, context());
    for (const [operation, inputs] of Object.entries(JIRA))
      for (const input of inputs({ ...known, issue: created.output }))
        await jira(operation as 'issues:read', input as never, context());
    const refused = dataCenter.log.entries.filter(
      ({ accepted, path }) => !accepted || !path.startsWith('/rest/api/2/'),
    );
    expect(refused).toEqual([]);
  });
});

describe('a request of the connectors', () => {
  const specification = openApiOf('jira');

  it.each(rows)('for $vendor $operation is accepted', async (row) => {
    const logged = await callsOf(row);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.every(({ accepted, vendor }) => accepted && vendor === row.vendor)).toBe(true);
  });

  // The reference does not contain these.
  const unspecified = ['permissions:read', 'users:lookup'];
  const specified = rows.filter(
    ({ vendor, operation }) => vendor === 'jira' && !unspecified.includes(operation),
  );
  itWithReference.for(specified)(
    'for $vendor $operation conforms to the specification',
    async (row) => {
      const logged = await callsOf(row);
      expect(logged.flatMap((request) => specification.request(request))).toEqual([]);
    },
  );
});

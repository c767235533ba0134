import { expect, it } from 'vitest';
import { auditTable, entryText } from '../../../src/cli/audit/render.ts';
import { accountsText } from '../../../src/cli/enrich/render.ts';
import { flowsTable, runsTable as flowRunsTable } from '../../../src/cli/flows/render.ts';
import type { Colors } from '../../../src/cli/kit/io.ts';
import { reportTable, runsTable } from '../../../src/cli/kit/table.ts';
import type { Capability } from '../../../src/services/integrations/capabilities.ts';
import { permissionsText, statusText } from '../../../src/cli/okta/render.ts';
import { COLUMNS } from '../../../src/cli/twin/columns.ts';
import { tableChunks } from '../../../src/cli/twin/render.ts';
import { flowItem, flowRunItem } from '../../../src/services/flows/documents.ts';
import { readFlowConfig } from '../../../src/config/flows/flow-config.ts';
import { FLOW_CATALOGUE } from '../../../src/flows/catalogue.ts';
import { neverRead, STREAMS } from '../../../src/twin/types.ts';
import type { Gap } from '../../../src/twin/types.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { ACCOUNTS, ENTRIES, NAMES } from './support/screen-samples.ts';
import { documentOf, userOf } from './support/samples.ts';
import { screen, screensOf } from './support/screens.ts';
import { arx } from './support/terminal.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');

const factor = (type: string, status = 'ACTIVE') =>
  ({ type, provider: 'OKTA', status, class: 'weak' }) as const;
const USERS = [
  userOf({ login: 'renata.bennett@northwind.example', administrator: true }),
  userOf({ id: 'u2', login: 'li@northwind.example', verdict: 'compliant', reason: 'ACTIVE: push' }),
  userOf({
    id: 'u3',
    login: 'omar.abbott@northwind.example',
    verdict: 'weak_only',
    factors: [factor('sms'), factor('question')],
    department: 'Customer Support and Professional Services',
  }),
  userOf({
    id: 'u4',
    login: 'nora.adeyemi@northwind.example',
    verdict: 'pending_only',
    factors: [factor('push', 'PENDING_ACTIVATION')],
    ticket: null,
  }),
  userOf({
    id: 'u5',
    login: 'paula.li@northwind.example',
    verdict: 'unknown',
    reason: 'could not be read: forbidden (E0000006)',
    ticket: null,
  }),
];
const RUN = documentOf({ users: USERS, org: 'northwind.okta.example' });
const RUNS = [
  { ...RUN, startedAt: '2026-11-22T11:58:00.000Z', status: 'running' as const },
  {
    ...RUN,
    run: '01a20258-ffff-7e59-879d-e50bbd6929e2',
    startedAt: '2026-11-20T08:00:00.000Z',
    status: 'incomplete' as const,
    dryRun: true,
  },
  { ...RUN, run: '01a1de4b-0b91-7e59-879d-e50bbd6929e2', status: 'terminated' as const },
];
const FLOWS = readFlowConfig(process.cwd(), FLOW_CATALOGUE).flows.map((flow) =>
  flowItem({ flow, permissions: ['view', 'run'] }),
);
const FLOW_RUNS = [
  flowRun('88166a0e21f329f8cc8821a45cad76bd', { state: 'waiting' }),
  flowRun('0a166a0e21f329f8cc8821a45cad76bd', {
    state: 'ended',
    outcome: 'denied',
    code: 'protected_account',
    startedAt: '2026-10-01T08:00:00.000Z',
  }),
].map(flowRunItem);
const CAPABILITY: Capability = {
  name: 'logs',
  state: 'denied',
  http: 403,
  latencyMs: 12,
  limit: 120,
  reason: 'Okta refused it',
  code: 'forbidden',
  operation: 'logs:read',
  scope: 'okta.logs.read',
  without: 'No security events.',
  probes: [],
};
const STATUS = {
  schema: 'arx.okta/v1',
  configured: true,
  org: 'northwind.okta.example',
  credential: 'ssws',
  source: 'environment',
  problem: null,
  sync: {
    run: '01a20258-9b91-7e59-879d-e50bbd6929e2',
    workflowId: 'okta-sync/1',
    status: 'terminated',
    startedAt: '2026-11-22T08:00:00.000Z',
    finishedAt: '2026-11-22T08:01:00.000Z',
  },
  streams: STREAMS.map((name) => ({
    ...neverRead(name),
    state: 'partial' as const,
    at: '2026-11-22T08:00:30.000Z',
    reason: 'the sync ended before the stream was read to its end',
    age: 14_370,
    completeAt: null,
    completeAge: null,
    completeCount: null,
  })),
} as const;

const GAP: Gap = {
  kind: 'admin_no_mfa',
  subject: '00u1',
  severity: 'critical',
  name: 'renata.bennett@northwind.example',
  detail: 'an administrator (SUPER_ADMIN, through the group Okta Administrators) without a factor',
  since: '2026-11-01T08:00:00.000Z',
};

/** Each screen of pure renderers: what it shows on terminals of 80 and 120 columns. */
const SCREENS: [name: string, render: (colors: Colors) => string][] = [
  ['report', (colors) => reportTable(RUN, colors, { users: 'attention' })],
  ['report-all', (colors) => reportTable(RUN, colors, { users: 'all' })],
  [
    'report-terminated',
    (colors) =>
      reportTable(
        { ...RUN, status: 'terminated', reasons: ['its workflow was ended in Temporal'] },
        colors,
        { users: 'none' },
      ),
  ],
  ['runs', (colors) => runsTable(RUNS, colors, NOW)],
  ['audit-list', (colors) => auditTable(ENTRIES, NAMES, colors, NOW)],
  ['enrich', (colors) => accountsText(ACCOUNTS.slice(0, 1), colors, NOW)],
  ['enrich-several', (colors) => accountsText(ACCOUNTS, colors, NOW)],
  ['flows-list', (colors) => flowsTable(FLOWS, colors)],
  ['flows-history', (colors) => flowRunsTable(FLOW_RUNS, colors, NOW)],
  ['okta-status', (colors) => statusText(STATUS, colors)],
  [
    'okta-test',
    (colors) =>
      permissionsText(
        { org: 'northwind.okta.example', credential: 'ssws', capabilities: [CAPABILITY] },
        colors,
      ),
  ],
];

it.each(SCREENS)('%s fits terminals of 80 and 120 columns', async (name, render) => {
  await expect(screensOf(render)).toMatchFileSnapshot(`screens/${name}.txt`);
});

it('twin gaps fit a terminal', async () => {
  const gaps = async function* () {
    yield [GAP];
  };
  let text = '';
  for (const width of [80, 120]) {
    text += `======== ${width} columns\n`;
    const listed = { pages: gaps(), columns: COLUMNS.gaps };
    const options = { colors: screen(width), empty: 'No gaps.', more: () => null };
    for await (const chunk of tableChunks(listed, options)) text += chunk;
  }
  await expect(text).toMatchFileSnapshot('screens/twin-gaps.txt');
});

it('one entry of the trail is shown as a record, and in full', () => {
  const entry = ENTRIES[0]!;
  const text = entryText(entry, NAMES, screen());
  expect(text).toContain('actor    ann@example.com (access key)');
  expect(text).toContain('target   omar.abbott@northwind.example (00u9)');
  expect(text).toContain(`"hash": "${entry.hash}"`);
});

/** Mistakes that start nothing: what a person reads. */
const MISTAKES: string[][] = [
  ['frobnicate'],
  ['rusn'],
  ['run'],
  ['run', 'mfa-enforcement-chekc'],
  ['report'],
  ['report', 'latest', '--format', 'pdf'],
  ['runs', '--limit', '0'],
  ['runs', 'cancel'],
  ['audit'],
  ['audit', 'list', '--order', 'sideways'],
  ['audit', 'list', '--after', 'x'],
  ['register', '--paused', '--resume'],
  ['call', 'okta', 'users:suspnd', '--reason', 'left'],
  ['call', 'okta', 'users:suspend', '--reason', 'left'],
  ['call', 'okta', 'users:suspend', '--param', 'userID=00u1a2b3c4d5e6f7g8h9', '--reason', 'left'],
  ['call', 'entra', 'groups:add_member', '--reason', 'joined'],
  ['call', 'okat', 'users:suspend', '--reason', 'left'],
  ['call', 'okta', 'users:suspend'],
  ['enrich'],
  ['completion', 'tcsh'],
  ['completion', 'bash', '--values', 'people'],
  ['emulate', '--users', 'many'],
  ['keys'],
  ['flows', 'run'],
  ['twin', 'users', '--privileged', '--mfa', 'nothing'],
  ['okta'],
];

it.each([80, 120])('mistakes are explained on a terminal of %i columns', async (width) => {
  const env = { COLUMNS: String(width), ARX_HOME: '/nonexistent/arx', ARX_DOTENV: 'none' };
  const told: string[] = [];
  for (const argv of MISTAKES) {
    const { code, out, err } = await arx(argv, env);
    expect(code, argv.join(' ')).toBeGreaterThan(0);
    told.push(`$ arx ${argv.join(' ')}\n${out}${err}[${code}]\n`);
  }
  await expect(told.join('\n')).toMatchFileSnapshot(`screens/mistakes.${width}.txt`);
});

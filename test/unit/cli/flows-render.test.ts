import pc from 'picocolors';
import { expect, it } from 'vitest';
import { flowRunText, trailText } from '../../../src/cli/flows/render-run.ts';
import {
  flowsTable,
  flowText,
  noFlowsText,
  runsTable,
  setsTable,
} from '../../../src/cli/flows/render.ts';
import {
  flowDetail,
  flowItem,
  flowRunDocument,
  flowRunItem,
} from '../../../src/services/flows/documents.ts';
import type { FlowRunDocument } from '../../../src/services/flows/documents.ts';
import { readFlowConfig } from '../../../src/config/flows/flow-config.ts';
import { FLOW_CATALOGUE } from '../../../src/flows/catalogue.ts';
import { OUTCOMES } from '../../../src/flows/outcome.ts';
import type { FlowRunRecord } from '../../../src/store/flow-types.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { recordOf } from './governed/support.ts';

const colors = pc.createColors(false);
const config = readFlowConfig(process.cwd(), FLOW_CATALOGUE);
const shown = config.flows.map((flow) => ({
  flow,
  permissions: ['view', 'run'] as ('view' | 'run')[],
}));

const documentOf = (
  over: Partial<FlowRunRecord>,
  children: FlowRunRecord[] = [],
): Promise<FlowRunDocument> =>
  flowRunDocument(
    { requests: { get: async () => recordOf() } as never },
    { record: flowRun('r1', over), children },
  );
const textOf = async (over: Partial<FlowRunRecord>, children?: FlowRunRecord[]): Promise<string> =>
  flowRunText(await documentOf(over, children), colors, { local: true });

it('every shipped flow is shown with its inputs, steps and undo steps', () => {
  for (const visible of shown) {
    const text = flowText(
      { ...flowDetail(visible, config.routes), principal: 'flow:x', file: 'f.yaml' },
      colors,
    );
    expect(text).toContain(visible.flow.name);
    for (const { operation } of visible.flow.steps) expect(text).toContain(operation);
    for (const name of Object.keys(visible.flow.inputs)) expect(text).toContain(name);
  }
  const table = flowsTable(
    shown.map((one) => flowItem(one)),
    colors,
  );
  expect(table).toMatch(/Suspend Okta Account {2,}Okta +yes {2,}run/);
  expect(noFlowsText('user:anonymous')).toContain('ARX_KEY');
  expect(noFlowsText('user:ann@example.com')).toContain('arx flows sets put');
});

it('a run shows what was done, who approved it, and how to undo it', async () => {
  const text = await textOf({
    state: 'ended',
    outcome: 'succeeded',
    finishedAt: '2026-11-22T08:00:03.000Z',
    target: { product: 'Okta', id: '00u1', status: 'ACTIVE' },
    steps: [
      {
        id: 's',
        operation: 'okta:users:suspend',
        params: { userId: '00u1', text: 'secret' },
        state: 'done',
        decision: { effect: 'approval', risk: 'HIGH', policies: ['flows-okta'] },
        request: 'q',
        result: { ok: true },
        verified: true,
      },
    ],
    undo: [{ operation: 'okta:users:unsuspend', params: { userId: '00u1' } }],
  });
  expect(text).toMatch(/^Suspend Okta Account: succeeded\n/);
  expect(text).toContain('✓ okta:users:suspend userId=00u1');
  expect(text).toMatch(
    /done; policy flows-okta requires approval at risk HIGH; request .*; verified/,
  );
  expect(text).toContain('arx flows undo r1 --local');
  expect(text).not.toContain('secret');
});

it('a failed run shows the reason, a waiting run its state, and hostile text is made plain', async () => {
  expect(await textOf({ state: 'waiting' })).toMatch(/: waiting for approval/);
  const step = {
    id: 's',
    operation: 'okta:users:suspend',
    params: {},
    decision: null,
    request: null,
    verified: null,
  };
  const failed = await textOf({
    state: 'ended',
    outcome: 'failed',
    code: 'forbidden',
    message: 'needs a role\u001b[31m',
    steps: [{ ...step, state: 'failed', result: { code: 'forbidden', message: 'no\u001b[0m' } }],
  });
  expect(failed).toMatch(/failed \(forbidden\)\n {2}needs a role\n/);
  // eslint-disable-next-line no-control-regex
  expect(failed).not.toMatch(/\u001b/);
});

it.each(OUTCOMES)('%s is shown in words', async (outcome) => {
  const text = await textOf({ state: 'ended', outcome });
  expect(text.split('\n')[0]).toBe(`Suspend Okta Account: ${outcome}`);
  expect(text.split('\n')[1]).toMatch(/^ {2}[A-Z].*\.$/);
});

it('a person is shown account by account, and an undo names the run it undoes', async () => {
  const person = { kind: 'person', displayName: 'Ann', accounts: [] } as const;
  const parent = flowRun('r1');
  const text = await textOf(
    {
      flow: null,
      version: null,
      state: 'ended',
      outcome: 'denied',
      issue: { ...parent.issue, entity: { ...person, accounts: [] } },
    },
    [flowRun('c1', { parent: 'r1', state: 'ended', outcome: 'denied', code: 'protected' })],
  );
  expect(text).toMatch(
    /One flow per account: denied[\s\S]*Okta 00u1: Suspend Okta Account, denied \(protected\), run c1/,
  );
  expect(
    await textOf({ undoes: 'r0', issue: { ...parent.issue, texts: { undoReason: 'a mistake' } } }),
  ).toMatch(/^Undo of Suspend Okta Account[\s\S]*undoes {8}run r0: a mistake/);
});

it('lists of runs and sets, calls and audit trail', () => {
  const rows = [
    flowRun('r1', { outcome: 'denied', code: 'policy', state: 'ended' }),
    flowRun('r2', { undoes: 'r1' }),
  ];
  const table = runsTable(rows.map(flowRunItem), colors);
  expect(table).toContain('denied (policy)');
  expect(table).toContain('undo of Suspend Okta Account');
  const set = {
    name: 'S',
    flows: ['*'],
    members: ['user:a@b.c', 'key:k'],
    permissions: ['run' as const],
  };
  expect(setsTable([set], colors)).toMatch(/S +run {2,}\* \(all\) {2,}user:a@b\.c[\s\S]*key:k/);
  const at = '2026-11-22T08:00:00.000Z';
  const call = {
    at,
    operation: 'okta:users:suspend',
    state: 'failed',
    code: 'forbidden',
    entry: 'e',
  } as const;
  expect(
    trailText(
      { calls: [call], story: [{ at, kind: 'flow.opened', text: 'opened', entry: 'f' }] },
      colors,
    ),
  ).toBe(
    '  calls\n    08:00:00  okta:users:suspend: failed (forbidden)\n  audit trail\n    08:00:00  opened',
  );
});

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalDocument } from '../../src/services/approvals/approval-document.ts';
import type { ActionDocument } from '../../src/cli/kit/documents.ts';
import type { HistoryEntry } from '../../src/services/approvals/history.ts';
import { connect } from '../../src/client.ts';
import {
  approvalView,
  decide as sendDecision,
  signalDecision,
} from '../../src/client/governed-operation.ts';
import { approvalId } from '../../src/workflows/messages.ts';
import { CommandLine } from '../support/command-line.ts';
import type { Running, UpDocument } from '../support/command-line.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-approvals-'));
const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const CARL = 'carl@example.com';
const STRANGER = 'stranger@example.com';

let emulators: EmulatorProcess;
let cli: CommandLine;
let up: Running & { document: UpDocument };
/** Okta ids by login. */
let ids: Map<string, string>;

interface Answered extends ApprovalDocument {
  schema: string;
  answer: { accepted: boolean; code: string; state: string } | null;
}
interface Signal {
  signal: string;
  workflowId: string;
  payload: { decisionId: string; approver: string; reason?: string; token: string };
}

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'plain', users: 3, rateLimit: 1_000_000 });
  const targets = ['one', 'two', 'three', 'four', 'five', 'six'].map(
    (name) => `${name}@example.com`,
  );
  const added = await emulators.addUsers(
    [ANN, BOB, CARL, STRANGER, ...targets].map((login) => ({ login })),
  );
  ids = new Map(added.map(({ login, id }) => [login, id]));
  const policies = JSON.stringify([`${resolve('policies')}/*.yaml`]);
  const approvers = JSON.stringify([ANN, BOB, CARL].map((login) => `user:${login}`));
  const quota = '{ share: 1, reserve: 0, warning_threshold: false }';
  writeFileSync(
    join(folder, 'arx.yaml'),
    `version: 1\npolicies: ${policies}\nquota: ${quota}\napprovals: { default_approvers: ${approvers} }\n`,
  );
  cli = new CommandLine(folder, { ...emulators.env, ARX_HOME: join(folder, 'home') });
  up = await cli.up();
}, 120_000);

afterAll(async () => {
  up.child.kill('SIGINT');
  await up.ended;
  await cli.run(['up', '--stop']);
  await emulators.stop();
}, 60_000);

const idOf = (name: string): string => ids.get(name.includes('@') ? name : `${name}@example.com`)!;
const suspension = (target: string): string[] => [
  'call',
  'okta',
  'users:suspend',
  '--param',
  `userId=${idOf(target)}`,
];
const suspends = async (target: string): Promise<number> =>
  (await emulators.log({ operation: 'users:suspend', accepted: true })).filter(({ path }) =>
    path.includes(idOf(target)),
  ).length;

/** Asks for a suspension as Ann and waits until people are asked. */
async function ask(target: string): Promise<{ running: Running; request: string }> {
  const running = cli.start([
    ...suspension(target),
    '--reason',
    'left us',
    '--as',
    ANN,
    '--local',
    '--json',
  ]);
  const [, request = ''] = await running.says(/waiting for approval of request (\S+)/);
  return { running, request };
}

const decide = (verb: string, request: string, as: string, expected: number): Promise<Answered> =>
  cli.document<Answered>(['approvals', verb, request, '--as', as, '--local'], expected);
const why = (request: string): Promise<ApprovalDocument & { story: HistoryEntry[] }> =>
  cli.document(['approvals', 'why', request]);

describe('without approval', () => {
  it('a read is answered', async () => {
    const read = ['call', 'okta', 'users:read_detail', '--param', `userId=${idOf('one')}`];
    const action = await cli.document<ActionDocument>([
      ...read,
      '--reason',
      'look',
      '--as',
      ANN,
      '--local',
    ]);
    expect(action).toMatchObject({
      schema: 'arx.action/v1',
      operation: 'users:read_detail',
      effect: 'allow',
      state: 'succeeded',
      result: { id: idOf('one'), login: 'one@example.com' },
    });
  });

  it('what no policy grants is denied', async () => {
    const asked = [...suspension('one'), '--reason', 'x', '--as', 'agent:bot', '--local'];
    const action = await cli.document<ActionDocument>(asked, 5);
    expect(action).toMatchObject({
      effect: 'deny',
      state: 'denied',
      error: { code: 'default_deny' },
    });
    expect(await suspends('one')).toBe(0);
  });

  it.each(['..', 'me', 'a/b', '', '%2e%2e'])(
    'the id %j is refused before anything is sent',
    async (id) => {
      const hostile = [
        'call',
        'okta',
        'users:suspend',
        '--param',
        `userId=${id}`,
        '--reason',
        'x',
        '--local',
      ];
      const before = (await emulators.log()).length;
      const error = await cli.document(hostile, 2);
      expect(error).toMatchObject({ schema: 'arx.error/v1', code: 'invalid_argument' });
      expect(await emulators.log()).toHaveLength(before);
    },
  );

  it('a name that nothing proves is refused', async () => {
    const servers = {
      TEMPORAL_ADDRESS: up.document.temporal.address,
      DATABASE_URL: cli.storeUrl(),
    };
    const error = await cli.document(
      [...suspension('one'), '--reason', 'x', '--as', ANN],
      4,
      servers,
    );
    expect(error).toMatchObject({ schema: 'arx.error/v1', code: 'unauthenticated' });
  });
});

describe('with policies of a directory', () => {
  const lifecycle = [
    '--policies',
    resolve('policies/examples/okta-user-lifecycle.yaml'),
    '--local',
  ];
  const clear = () => [
    'call',
    'okta',
    'users:clear_sessions',
    '--param',
    `userId=${idOf('one')}`,
    '--reason',
    'x',
  ];

  it('those decide, and the hint says what would change it', async () => {
    const home = { ARX_HOME: join(folder, 'other-home') };
    const action = await cli.document<ActionDocument>(
      [...clear(), '--as', ANN, ...lifecycle],
      5,
      home,
    );
    expect(action).toMatchObject({ state: 'denied', error: { code: 'risk_ceiling' } });
    expect(action.decision?.hints.join()).toMatch(/risk_max|ceiling/);
  }, 60_000);

  it('a stack that runs with others is not used', async () => {
    expect(await cli.document([...clear(), ...lifecycle], 2)).toMatchObject({
      code: 'stack_differs',
    });
  });
});

describe('with approval', () => {
  it('waits for somebody else, and suspends once', async () => {
    const { running, request } = await ask('two');
    const { items } = await cli.document<{ items: ApprovalDocument[] }>(['approvals', 'list']);
    expect(items).toMatchObject([
      { request, operation: 'users:suspend', state: 'PENDING', requester: `user:${ANN}` },
    ]);
    expect(items[0]?.eligible.toSorted()).toEqual([idOf(BOB), idOf(CARL)].toSorted());
    expect(await cli.document(['approvals', 'show', request])).toMatchObject({
      schema: 'arx.approval/v1',
      request,
    });

    expect((await decide('approve', request, ANN, 5)).answer).toMatchObject({
      accepted: false,
      code: 'banned',
    });
    expect((await decide('approve', request, STRANGER, 5)).answer).toMatchObject({
      code: 'not_eligible',
    });
    expect(
      await cli.document(
        ['approvals', 'approve', request, '--as', 'nobody@x.example', '--local'],
        4,
      ),
    ).toMatchObject({
      code: 'unauthenticated',
    });
    expect(await suspends('two')).toBe(0);
    expect(await decide('approve', request, BOB, 0)).toMatchObject({
      state: 'APPROVED',
      action: 'succeeded',
      answer: { accepted: true, state: 'APPROVED' },
      votes: [{ person: idOf(BOB), verdict: 'approve' }],
    });

    const { code, out } = await running.ended;
    expect(JSON.parse(out)).toMatchObject({
      request,
      effect: 'approval',
      state: 'succeeded',
      approval: { needed: 1 },
    });
    expect({ code, suspends: await suspends('two') }).toEqual({ code: 0, suspends: 1 });
    expect((await decide('deny', request, CARL, 6)).answer).toMatchObject({
      accepted: false,
      code: 'closed',
    });
    expect((await cli.document<{ items: object[] }>(['approvals', 'list'])).items).toEqual([]);
    expect(
      (await cli.document<{ items: object[] }>(['approvals', 'list', '--all'])).items,
    ).toHaveLength(1);

    const { story } = await why(request);
    const kinds = story.map(({ kind }) => kind);
    const course = [
      'action.requested',
      'action.decided',
      'approval.opened',
      'approval.refused',
      'approval.answered',
    ];
    const places = [...course, 'grant.issued', 'action.started', 'action.succeeded'].map((kind) =>
      kinds.indexOf(kind as never),
    );
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
    const told = await cli.run(['approvals', 'why', request]);
    expect(told.out).toMatch(/left us[\s\S]*\(banned\)[\s\S]*approved it \(cli\)/);
  }, 90_000);

  it('one deny ends it with 6, and nothing is sent', async () => {
    const { running, request } = await ask('three');
    const denied = [
      'approvals',
      'deny',
      request,
      '--as',
      CARL,
      '--reason',
      "it's not so",
      '--local',
    ];
    expect(await cli.document(denied)).toMatchObject({ state: 'DENIED', action: 'rejected' });
    const { code, out } = await running.ended;
    expect({ code, document: JSON.parse(out) }).toMatchObject({
      code: 6,
      document: { state: 'rejected' },
    });
    expect(await suspends('three')).toBe(0);
  }, 60_000);

  it('a signed payload sent by somebody else releases it; without its signature it does not', async () => {
    const { running, request } = await ask('four');
    const sign = [
      'approvals',
      'sign',
      request,
      'approve',
      '--as',
      BOB,
      '--reason',
      "it's fine",
      '--local',
    ];
    const { signal, workflowId, payload } = await cli.document<Signal>(sign);
    expect(payload).toMatchObject({
      approver: idOf(BOB),
      reason: "it's fine",
      token: expect.stringMatching(/^arx1\./),
    });
    const told = await cli.run(sign);
    expect(told.out).toMatch(
      /^temporal workflow signal --workflow-id approval\/\S+ --name approve --input '\{.*it'\\''s fine/,
    );

    const link = await connect({ ...up.document.temporal });
    try {
      const handle = link.client.workflow.getHandle(workflowId);
      await handle.signal(signal, { approver: payload.approver });
      await handle.signal('deny', { ...payload, decisionId: 'other' });
      await handle.signal(signal, payload);
      expect(JSON.parse((await running.ended).out)).toMatchObject({ state: 'succeeded' });
      expect(await approvalView(link, request)).toMatchObject({
        requestId: request,
        state: 'APPROVED',
        decisions: 3,
      });
    } finally {
      await link.close();
    }
    expect(await suspends('four')).toBe(1);
    const { story, votes } = await why(request);
    expect(votes).toHaveLength(1);
    const refusals = story
      .filter(({ kind }) => kind === 'approval.refused')
      .map(({ text }) => text);
    expect(refusals.join()).toMatch(/\(unsigned\).*\(wrong_request\)/);
    expect(await cli.document(sign, 6)).toMatchObject({ schema: 'arx.error/v1', code: 'closed' });
  }, 60_000);

  it('Ctrl-C leaves what waits, with 130, and says how to find it again', async () => {
    const { running, request } = await ask('six');
    running.child.kill('SIGINT');
    const { code, out } = await running.ended;
    expect({ code, error: JSON.parse(out) }).toMatchObject({
      code: 130,
      error: {
        code: 'interrupted',
        remedy: expect.stringContaining(`arx approvals why ${request}`),
      },
    });
    expect((await decide('deny', request, BOB, 0)).action).toBe('rejected');
  }, 60_000);

  it('watch tells what comes to wait and what no longer does', async () => {
    const watching = cli.start(['approvals', 'watch', '--local']);
    await watching.says(/watching until Ctrl-C/);
    const { running, request } = await ask('six');
    await watching.prints(new RegExp(`request ${request}: PENDING`));
    await decide('deny', request, CARL, 0);
    await watching.prints(new RegExp(`${request} no longer waits`));
    watching.child.kill('SIGINT');
    expect(await watching.ended).toMatchObject({ code: 130 });
    expect(await running.ended).toMatchObject({ code: 6 });
  }, 60_000);

  it('a decision that no worker answers is kept by the server, and may still count', async () => {
    const link = await connect({ ...up.document.temporal });
    const decision = { decisionId: 'd1', approver: idOf(BOB), verdict: 'approve' as const };
    try {
      const nobody = {
        taskQueue: 'nobody-polls',
        workflowId: approvalId('kept'),
        args: [{ requestId: 'kept' }],
      };
      const waiting = await link.client.workflow.start('approval', nobody);
      expect(await sendDecision(link, 'kept', decision, 500)).toEqual({ kind: 'unanswered' });
      expect(await signalDecision(link, 'kept', decision)).toBe(true);
      const { events } = await waiting.fetchHistory();
      const signals = (events ?? []).map(
        (event) => event.workflowExecutionSignaledEventAttributes?.signalName,
      );
      expect(signals.filter(Boolean)).toEqual(['approve']);
      await waiting.terminate();
      expect(await sendDecision(link, 'kept', decision, 500)).toEqual({ kind: 'closed' });
      expect(await signalDecision(link, 'kept', decision)).toBe(false);
      expect(await sendDecision(link, 'never-was', decision, 500)).toEqual({ kind: 'closed' });
    } finally {
      await link.close();
    }
  }, 60_000);

  it('a key proves who decides, on named servers', async () => {
    const detached = [
      ...suspension('five'),
      '--reason',
      'left us',
      '--as',
      ANN,
      '--local',
      '--detach',
    ];
    const action = await cli.document<ActionDocument>(detached);
    expect(action).toMatchObject({
      state: 'pending',
      effect: 'approval',
      request: expect.any(String),
    });
    const servers = {
      TEMPORAL_ADDRESS: up.document.temporal.address,
      DATABASE_URL: cli.storeUrl(),
    };
    const approve = ['approvals', 'approve', `${action.request}`];
    for (const verb of [approve, ['approvals', 'sign', `${action.request}`, 'approve']])
      expect(await cli.document(verb, 2, servers)).toMatchObject({ code: 'server_needed' });
    const server = { ARX_SERVER_URL: `${up.document.server}` };
    expect(await cli.document(approve, 4, server)).toMatchObject({ code: 'unauthenticated' });
    const create = ['keys', 'create', '--name', 'bob', '--for', BOB];
    expect(await cli.document(create, 5, servers)).toMatchObject({ code: 'key_not_allowed' });
    const { key } = await cli.document<{ key: string }>(create);
    const file = join(folder, 'key');
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    const asBob = { ...server, ARX_KEY_FILE: file };
    expect(await cli.document([...approve, '--as', CARL], 2, asBob)).toMatchObject({
      code: 'usage',
    });
    const open = await cli.document<{ items: ApprovalDocument[] }>(['approvals', 'list'], 0, asBob);
    expect(open.items.map(({ request }) => request)).toContain(action.request);
    const approved = await cli.document<Answered>([...approve, '--reason', 'seen'], 0, asBob);
    expect(approved).toMatchObject({
      schema: 'arx.approval/v1',
      state: 'APPROVED',
      action: 'succeeded',
      answer: { accepted: true },
    });
    expect(await cli.document(approve, 6, asBob)).toMatchObject({ answer: { code: 'closed' } });
    const { story } = await cli.document<{ story: HistoryEntry[] }>(
      ['approvals', 'why', `${action.request}`],
      0,
      asBob,
    );
    expect(story.find(({ kind }) => kind === 'approval.answered')).toMatchObject({
      signature: { ok: true },
    });
    const missing = ['approvals', 'show', 'no-such'];
    expect(await cli.document(missing, 1, asBob)).toMatchObject({ code: 'no_such_approval' });
    expect(await suspends('five')).toBe(1);
    const seed = JSON.parse(
      readFileSync(join(folder, 'home', 'keys', 'decision.json'), 'utf8'),
    ) as {
      privateKey: string;
    };
    const trail = await cli.run(['audit', 'export']);
    expect(trail.out).toContain('key.created');
    expect(trail.out.includes(key) || trail.out.includes(seed.privateKey)).toBe(false);
  }, 60_000);
});

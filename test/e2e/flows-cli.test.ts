import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowItem, FlowRunDocument, FlowRunItem } from '../../src/services/flows/documents.ts';
import type { FlowCall, FlowEvent } from '../../src/cli/flows/audit-trail.ts';
import type { Suggestion } from '../../src/cli/flows/suggest.ts';
import { connect } from '../../src/client.ts';
import { flowId, flowStepId } from '../../src/workflows/messages.ts';
import { CommandLine } from '../support/command-line.ts';
import type { Running, UpDocument } from '../support/command-line.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';
import { leaked, spelledOut } from '../support/leaks.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-flows-'));
const RUNNER = 'runner@example.com';
const VIEWER = 'viewer@example.com';
const OUTSIDER = 'outsider@example.com';
const APPROVER = 'approver@example.com';
const CHIEF = 'chief@example.com';
const GONE = 'gone@example.com';
const TARGETS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'canary.lee',
];
const SUSPEND = 'Suspend Okta Account';
const NOWHERE = '00g00000000000000009';

type RunDocument = FlowRunDocument & { created: boolean };
type WholeRun = FlowRunDocument & {
  calls: FlowCall[];
  story: FlowEvent[];
  undoneBy: string | null;
};

let emulators: EmulatorProcess;
let cli: CommandLine;
let up: Running & { document: UpDocument };
let ids: Map<string, string>;
let group: string;
let servers: Record<string, string>;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'plain', users: 2, rateLimit: 1_000_000 });
  group = (await emulators.addGroups([{ name: 'MFA' }]))[0]?.id ?? '';
  const added = await emulators.addUsers([
    ...[RUNNER, VIEWER, OUTSIDER, APPROVER].map((login) => ({ login })),
    { login: CHIEF, roles: ['SUPER_ADMIN'] },
    { login: GONE, status: 'DEPROVISIONED' },
    ...TARGETS.map((name) => ({ login: `${name}@example.com` })),
  ]);
  ids = new Map(added.map(({ login, id }) => [login, id]));
  writeFileSync(join(folder, 'arx.yaml'), configOf({}));
  writeFileSync(join(folder, 'believing.yaml'), configOf({ require_signed: false }));
  writeFileSync(
    join(folder, 'routing.yaml'),
    `- { product: Okta, titles: [Unused Admin Account], flow: Suspend Okta Account }
- { product: Okta, titles: [No MFA - Account, Pending MFA - Account], flow: 'Okta: Add User to a Group', inputs: { group: ${group} } }
- { product: Okta, titles: [Old Password - Account], flow: 'Okta: Reset User Password Upon Next Login' }
- { product: Salesforce.com, titles: [Unused Admin Account], flow: Deactivate Salesforce User }
`,
  );
  writeFileSync(
    join(folder, 'resource_sets.yaml'),
    `resource_sets:
  - { name: Runners, flows: ['*'], members: ['user:${RUNNER}', 'key:ispm'], permissions: [okta.workflows.flows.invoke] }
  - { name: Viewers, flows: ['Suspend Okta Account'], members: ['user:${VIEWER}'], permissions: [view] }
`,
  );
  cli = new CommandLine(folder, { ...emulators.env, ARX_HOME: join(folder, 'home') });
  up = await cli.up();
  const { temporal } = up.document;
  servers = { TEMPORAL_ADDRESS: temporal.address, DATABASE_URL: cli.storeUrl() };
}, 120_000);

afterAll(async () => {
  up.child.kill('SIGINT');
  await up.ended;
  await cli.run(['up', '--stop']);
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const configOf = (approvals: object): string =>
  JSON.stringify({
    version: 1,
    policies: [`${resolve('policies')}/*.yaml`],
    quota: { share: 1, reserve: 0, warning_threshold: false },
    approvals: { default_approvers: [`user:${APPROVER}`], ...approvals },
    protected: ['ten@example.com'],
  });

const idOf = (name: string): string => ids.get(name.includes('@') ? name : `${name}@example.com`)!;
const as = (user: string): string[] => ['--local', '--as', user];
const SUSPENSION = 'Unused Admin Account';
const EXPIRY = 'Old Password - Account';
const MEMBERSHIP = 'No MFA - Account';

/** Writes a file with an event about a user; returns its path. */
function event(name: string, title: string, over: Record<string, unknown> = {}): string {
  const eventId = randomBytes(8).toString('hex');
  const file = join(folder, `${eventId}.json`);
  const content = {
    eventId,
    eventTimestamp: '2026-11-22T08:00:00Z',
    eventSource: 'Okta ISPM',
    eventType: 'issue.onDemand',
    issueId: `Alert_${eventId}`,
    issueTitle: title,
    issueSeverity: 'High',
    entityType: 'Account',
    entityIdInService: idOf(name),
    entityDisplayName: name,
    entitySourceProductName: 'Okta',
    entitySourceProductTenant: new URL(`${emulators.env['OKTA_DOMAIN']}`).host,
    ...over,
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const run = (file: string, code = 0, more: string[] = []): Promise<RunDocument> =>
  cli.document(['flows', 'run', ...more, '--event', file, ...as(RUNNER)], code);
const history = async (...filter: string[]): Promise<FlowRunItem[]> =>
  (await cli.document<{ items: FlowRunItem[] }>(['flows', 'history', ...filter, ...as(RUNNER)]))
    .items;
const writes = async (name: string): Promise<string[]> =>
  (await emulators.log({ vendor: 'okta', write: true }))
    .filter(({ path, accepted }) => accepted && path.includes(idOf(name)))
    .map(({ method, path }) => `${method} ${path}`);

/** Runs a flow that needs approval, and waits for its request. */
async function runUntilRequest(
  file: string,
  more: string[] = [],
): Promise<{ running: Running; request: string }> {
  const running = cli.start(['flows', 'run', ...more, '--event', file, ...as(RUNNER), '--json']);
  const [, request = ''] = await running.says(/waiting for approval of request (\S+)/);
  return { running, request };
}
const decide = (verb: 'approve' | 'deny', request: string) =>
  cli.document(['approvals', verb, request, ...as(APPROVER)]);

describe('permissions', () => {
  it('show callers the flows of their sets, and others none', async () => {
    const list = (user: string) =>
      cli.document<{ schema: string; items: FlowItem[] }>(['flows', 'list', ...as(user)]);
    const all = await list(RUNNER);
    expect(all).toMatchObject({ schema: 'arx.flows/v1' });
    expect(all.items).toHaveLength(9);
    expect((await list(VIEWER)).items).toMatchObject([{ name: SUSPEND, permissions: ['view'] }]);
    expect((await list(OUTSIDER)).items).toEqual([]);
    expect((await cli.document<{ items: object[] }>(['flows', 'list', '--local'])).items).toEqual(
      [],
    );
    const shown = await cli.document(['flows', 'show', 'suspend okta account', ...as(VIEWER)]);
    expect(shown).toMatchObject({
      items: [{ name: SUSPEND, steps: [{ operation: 'okta:users:suspend' }] }],
    });
    expect(await cli.document(['flows', 'show', SUSPEND, ...as(OUTSIDER)], 1)).toMatchObject({
      schema: 'arx.error/v1',
      code: 'not_found',
    });
  }, 60_000);

  it('hide a flow without a set, refuse to run it with view only, and refuse an unproven name', async () => {
    const file = event('one', SUSPENSION);
    const ask = (user: string, code: number, flow = SUSPEND) =>
      cli.document(['flows', 'run', flow, '--event', file, ...as(user)], code);
    expect(await ask(OUTSIDER, 1)).toMatchObject({ schema: 'arx.error/v1', code: 'not_found' });
    expect(await ask(OUTSIDER, 1, 'No Such Flow')).toMatchObject({ code: 'not_found' });
    expect(await ask(VIEWER, 5)).toMatchObject({ schema: 'arx.error/v1', code: 'forbidden' });
    const unproven = ['flows', 'run', SUSPEND, '--event', file, '--as', RUNNER];
    expect(await cli.document(unproven, 4, servers)).toMatchObject({ code: 'unauthenticated' });
    expect(await writes('one')).toEqual([]);
  }, 60_000);

  it('let only super administrators change sets and switches', async () => {
    const put = ['flows', 'sets', 'put', 'Late', '--flow', SUSPEND, '--member', `user:${OUTSIDER}`];
    const sets = async (user: string) =>
      (await cli.document<{ items: { name: string }[] }>(['flows', 'sets', ...as(user)])).items.map(
        ({ name }) => name,
      );
    expect(await cli.document([...put, '--permission', 'run', ...as(RUNNER)], 5)).toMatchObject({
      code: 'not_allowed',
    });
    expect(await cli.document([...put, '--permission', 'own', ...as(CHIEF)], 2)).toMatchObject({
      code: 'usage',
    });
    expect(await cli.document([...put, '--permission', 'view', ...as(CHIEF)])).toMatchObject({
      schema: 'arx.flows/v1',
      items: [
        { name: 'Late', flows: [SUSPEND], members: [`user:${OUTSIDER}`], permissions: ['view'] },
      ],
    });
    expect(await sets(CHIEF)).toEqual(expect.arrayContaining(['Late', 'Runners', 'Viewers']));
    expect(await sets(OUTSIDER)).toEqual(['Late']);
    expect(
      await cli.document(['flows', 'sets', 'remove', 'Late', ...as(OUTSIDER)], 5),
    ).toMatchObject({
      code: 'not_allowed',
    });
    await cli.document(['flows', 'sets', 'remove', 'Late', ...as(CHIEF)]);
    expect(await cli.document(['flows', 'sets', 'remove', 'Late', ...as(CHIEF)], 1)).toMatchObject({
      code: 'not_found',
    });

    const file = event('nine', EXPIRY);
    const flow = 'Okta: Reset User Password Upon Next Login';
    expect(await cli.document(['flows', 'disable', flow, ...as(RUNNER)], 5)).toMatchObject({
      code: 'not_allowed',
    });
    expect(await cli.document(['flows', 'disable', flow, ...as(CHIEF)])).toMatchObject({
      items: [{ name: flow, enabled: false }],
    });
    expect(await run(file, 5)).toMatchObject({ schema: 'arx.error/v1', code: 'disabled' });
    await cli.document(['flows', 'enable', flow, ...as(CHIEF)]);
  }, 90_000);

  it('identify a service by its key, and accept --as with a warning if signatures are not required', async () => {
    const { key } = await cli.document<{ key: string }>(
      ['keys', 'create', '--name', 'ispm'],
      0,
      servers,
    );
    const file = event('one', MEMBERSHIP);
    const dry = ['flows', 'run', 'Event Hook', '--event', file, '--dry-run'];
    expect(await cli.document(dry, 0, { ...servers, ARX_KEY: key })).toMatchObject({
      outcome: 'planned',
      caller: { principal: 'agent:ispm', authenticatedBy: 'key' },
      inputs: { group },
    });
    const believing = ['flows', 'list', '--as', RUNNER, '--config', 'believing.yaml'];
    const { code, out, err } = await cli.run(believing, servers);
    expect(code, err).toBe(0);
    expect(out).toContain(SUSPEND);
    expect(err).toMatch(
      /user:runner@example\.com is accepted without authentication.*require_signed is false/,
    );
  }, 60_000);
});

describe('a flow run', () => {
  it('stops after the plan with --dry-run, and leaves the event unused', async () => {
    const file = event('two', SUSPENSION);
    expect(await run(file, 0, ['--dry-run'])).toMatchObject({
      schema: 'arx.flow-run/v1',
      outcome: 'planned',
      dryRun: true,
      steps: [
        {
          operation: 'okta:users:suspend',
          state: 'planned',
          decision: { effect: 'approval', risk: 'HIGH' },
        },
      ],
    });
    expect(await writes('two')).toEqual([]);
    expect(await run(file, 0, [SUSPEND, '--dry-run'])).toMatchObject({
      created: true,
      outcome: 'planned',
    });
  }, 60_000);

  it('acts by the route of its product and title, once per event, and is undone once', async () => {
    const file = event('three', MEMBERSHIP);
    const done = await run(file, 0, ['Event Hook']);
    expect(done).toMatchObject({
      created: true,
      flow: { name: 'Okta: Add User to a Group', version: expect.stringMatching(/^[0-9a-f]{12}$/) },
      outcome: 'succeeded',
      issue: { title: MEMBERSHIP },
      steps: [
        { operation: 'okta:groups:add_member', state: 'done', approval: null, verified: true },
      ],
      undo: [
        {
          operation: 'okta:groups:remove_member',
          params: { groupId: group, userId: idOf('three') },
        },
      ],
    });
    expect(await run(file, 0)).toMatchObject({
      run: done.run,
      created: false,
      outcome: 'succeeded',
    });
    expect(await writes('three')).toEqual([`PUT /api/v1/groups/${group}/users/${idOf('three')}`]);
    const other = { ...JSON.parse(readFileSync(file, 'utf8')), issueSeverity: 'Low' } as object;
    writeFileSync(file, JSON.stringify(other));
    expect(await run(file, 2)).toMatchObject({ schema: 'arx.error/v1', code: 'conflict' });

    const undo = (...more: string[]) =>
      cli.document<RunDocument>(['flows', 'undo', done.run, ...more, ...as(RUNNER)], 0);
    expect(await cli.document(['flows', 'undo', done.run, ...as(OUTSIDER)], 1)).toMatchObject({
      code: 'not_found',
    });
    const undone = await undo('--reason', 'was a mistake');
    expect(undone).toMatchObject({
      outcome: 'succeeded',
      undoes: done.run,
      reason: 'was a mistake',
    });
    expect(await undo()).toMatchObject({ outcome: 'already_in_state', undoes: done.run });
    expect(await writes('three')).toHaveLength(2);
    const whole = await cli.document<WholeRun>(['flows', 'history', done.run, ...as(RUNNER)]);
    expect(whole).toMatchObject({
      schema: 'arx.flow-run/v1',
      run: done.run,
      undoneBy: expect.any(String),
    });
    expect(whole.calls).toContainEqual(
      expect.objectContaining({ operation: 'okta:groups:add_member', state: 'succeeded' }),
    );
    expect(whole.story.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'flow.opened',
        'flow.planned',
        'flow.step',
        'flow.verified',
        'flow.closed',
      ]),
    );
  }, 120_000);

  it('waits for approval, prints who may give it, acts after it is given, and leaves no name in the history', async () => {
    const { running, request } = await runUntilRequest(event('canary.lee', SUSPENSION));
    expect(await history()).toContainEqual(
      expect.objectContaining({ state: 'waiting', outcome: null }),
    );
    await decide('approve', request);
    const { code, out, err } = await running.ended;
    expect(code, err).toBe(0);
    const done = JSON.parse(out) as RunDocument;
    expect(done).toMatchObject({
      outcome: 'succeeded',
      steps: [
        {
          request,
          approval: { state: 'APPROVED', votes: [{ person: idOf(APPROVER) }] },
          verified: true,
        },
      ],
    });
    expect(err).toContain(`arx approvals approve ${request} --local`);
    expect(await writes('canary.lee')).toEqual([
      `POST /api/v1/users/${idOf('canary.lee')}/lifecycle/suspend`,
    ]);
    const told = await cli.run(['flows', 'history', done.run, ...as(RUNNER)]);
    expect(told.out).toMatch(
      /Suspend Okta Account: succeeded[\s\S]*approved[\s\S]*undo[\s\S]*users:unsuspend/,
    );

    const link = await connect({ ...up.document.temporal });
    try {
      const workflows = [flowId(done.run), flowStepId(done.run, 'suspend')];
      for (const id of workflows) {
        const text = spelledOut(await link.client.workflow.getHandle(id).fetchHistory());
        expect(leaked({ target: 'canary.lee', caller: RUNNER, title: SUSPENSION }, text)).toEqual(
          [],
        );
        expect(text).toContain(done.run);
      }
    } finally {
      await link.close();
    }
  }, 90_000);

  it('exits with 6 if approval is refused', async () => {
    const { running, request } = await runUntilRequest(event('five', SUSPENSION));
    await decide('deny', request);
    const { code, out } = await running.ended;
    expect({ code, run: JSON.parse(out) as object }).toMatchObject({
      code: 6,
      run: { outcome: 'rejected' },
    });
    expect(await writes('five')).toEqual([]);
  }, 60_000);

  it('keeps running after Ctrl-C with 130, and is followed again by the same command', async () => {
    const file = event('six', SUSPENSION);
    const { running, request } = await runUntilRequest(file);
    running.child.kill('SIGINT');
    const { code, out } = await running.ended;
    expect({ code, error: JSON.parse(out) }).toMatchObject({
      code: 130,
      error: { code: 'interrupted', remedy: expect.stringContaining('arx flows history ') },
    });
    const detached = await run(file, 0, ['--detach']);
    expect(detached).toMatchObject({ created: false, state: 'waiting', outcome: null });
    const again = await runUntilRequest(file);
    expect(again.request).toBe(request);
    await decide('approve', request);
    expect(JSON.parse((await again.running.ended).out)).toMatchObject({
      run: detached.run,
      outcome: 'succeeded',
    });
    expect(await writes('six')).toHaveLength(1);
  }, 120_000);

  it('exits by its outcome if nothing is to be done or allowed', async () => {
    const ends: [Promise<RunDocument>, object][] = [
      [run(event('seven', 'A title that leads nowhere')), { outcome: 'unrouted', flow: null }],
      [run(event('seven', SUSPENSION, { entityType: 'OAuth grant' })), { outcome: 'manual' }],
      [run(event(RUNNER, SUSPENSION), 5), { outcome: 'denied', code: 'own_account' }],
      [run(event('ten', SUSPENSION), 5), { outcome: 'denied', code: 'protected' }],
      [run(event(CHIEF, SUSPENSION), 5), { code: 'last_super_administrator' }],
      [
        run(event('seven', SUSPENSION, { entitySourceProductTenant: 'other.okta.com' }), 5),
        { code: 'foreign_tenant' },
      ],
      [
        run(event('seven', SUSPENSION), 5, ['Deactivate Salesforce User']),
        { code: 'wrong_product' },
      ],
      [run(event(GONE, SUSPENSION), 1), { outcome: 'failed', code: 'wrong_state' }],
      [
        run(event('eight', MEMBERSHIP), 1, ['--input', `group=${NOWHERE}`]),
        { outcome: 'failed', code: 'not_found' },
      ],
    ];
    for (const [ended, end] of ends) expect(await ended).toMatchObject(end);
    const nothing = await run(event('seven', 'Another title'));
    expect(await cli.document(['flows', 'undo', nothing.run, ...as(RUNNER)], 1)).toMatchObject({
      code: 'nothing_to_undo',
    });
  }, 180_000);

  it('has one run per account for a user', async () => {
    const host = new URL(`${emulators.env['OKTA_DOMAIN']}`).host;
    const accounts = ['eight', 'nine'].map((name) => ({
      sourceProductName: 'Okta',
      sourceProductTenant: host,
      identifierInService: idOf(name),
      displayName: name,
    }));
    const file = join(folder, 'person.json');
    const affectedEntity = {
      id: 'p',
      type: 'Person',
      displayName: 'P',
      identifierInService: 'p',
      sourceProductName: 'Okta',
      sourceProductTenant: host,
      additionalData: { activeAccounts: accounts },
    };
    const eventData = {
      id: 'i',
      category: 'c',
      severity: 'High',
      title: MEMBERSHIP,
      affectedEntity,
    };
    const created = {
      id: 'person-1',
      timestamp: '2026-11-22T08:00:00Z',
      source: 'Okta ISPM',
      type: 'issue.created',
    };
    writeFileSync(file, JSON.stringify({ ...created, eventData }));
    const done = await run(file);
    expect(done).toMatchObject({ outcome: 'succeeded', flow: null });
    expect(done.children.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded']);
    expect(
      await history('--user', `user:${RUNNER}`, '--flow', 'okta: add user to a group'),
    ).toEqual(
      expect.arrayContaining(
        done.children.map(({ run: child }) => expect.objectContaining({ run: child }) as object),
      ),
    );
  }, 60_000);
});

describe('an event that cannot be read', () => {
  const files: [string, string | null, object][] = [
    ['missing.json', null, { code: 'unreadable', where: { file: 'missing.json' } }],
    ['empty.json', ' ', { code: 'malformed', where: { file: 'empty.json' } }],
    [
      'no.json',
      '{"a": 1,\n  b }',
      { code: 'malformed', where: { file: 'no.json', line: 2, column: 3 } },
    ],
    ['list.json', '[]', { code: 'malformed', where: { file: 'list.json' } }],
    [
      'field.json',
      '{"eventType": "issue.onDemand"}',
      { code: 'malformed', where: { path: expect.any(String) } },
    ],
  ];
  it.each(files)('%s is refused with 2 and its position', async (name, content, error) => {
    if (content !== null) writeFileSync(join(folder, name), content);
    const asked = ['flows', 'run', SUSPEND, '--event', name, ...as(RUNNER)];
    expect(await cli.document(asked, 2)).toMatchObject({
      schema: 'arx.error/v1',
      remedy: expect.any(String),
      ...error,
    });
  });

  it('wrong inputs are reported by name, and an event may come from standard input', async () => {
    const file = event('seven', MEMBERSHIP);
    expect(await run(file, 2, ['--input', 'group=a/b'])).toMatchObject({
      code: 'malformed',
      where: { path: 'inputs.group' },
    });
    expect(await run(file, 2, ['--input', 'group'])).toMatchObject({ code: 'usage' });
    const piped = cli.start(['flows', 'run', '--event', '-', '--dry-run', ...as(RUNNER), '--json']);
    piped.child.stdin?.end(readFileSync(file));
    expect(JSON.parse((await piped.ended).out)).toMatchObject({ outcome: 'planned' });
  }, 60_000);
});

describe('the history', () => {
  it('can be filtered by user, flow, outcome and time, and shows what the sets allow', async () => {
    const all = await history('--limit', '1000');
    expect(all.length).toBeGreaterThan(5);
    const rejected = await history('--outcome', 'rejected');
    expect(rejected).toMatchObject([{ outcome: 'rejected', flow: { name: SUSPEND } }]);
    const since = rejected[0]?.startedAt ?? '';
    const later = await history('--since', since, '--limit', '1000');
    expect(later.every(({ startedAt }) => startedAt >= since)).toBe(true);
    const earlier = await history('--until', since, '--limit', '1000');
    expect(earlier.every(({ startedAt }) => startedAt <= since)).toBe(true);
    expect(new Set([...later, ...earlier].map(({ run: id }) => id)).size).toBe(all.length);
    expect((await history('--user', 'key:ispm')).map(({ caller }) => caller.principal)).toEqual([
      'agent:ispm',
    ]);
    expect(await history('--limit', '1')).toHaveLength(1);
    const seen = await cli.document<{ items: FlowRunItem[] }>(['flows', 'history', ...as(VIEWER)]);
    expect(new Set(seen.items.map(({ flow }) => flow?.name))).toEqual(new Set([SUSPEND]));
    expect(
      (await cli.document<{ items: object[] }>(['flows', 'history', ...as(OUTSIDER)])).items,
    ).toEqual([]);
    expect(
      await cli.document(['flows', 'history', all[0]?.run ?? '', ...as(OUTSIDER)], 1),
    ).toMatchObject({
      code: 'not_found',
    });
    expect(
      await cli.document(['flows', 'history', '--since', 'yesterday', '--local'], 2),
    ).toMatchObject({
      code: 'usage',
    });
  }, 90_000);
});

describe('findings of arx', () => {
  it('become events that can be run unchanged', async () => {
    const checked = await cli.run(['run', 'mfa-enforcement-check', '--local', '--dry-run']);
    expect(checked.code, checked.err).toBe(0);
    const suggest = async (user: string, ...more: string[]): Promise<Suggestion[]> =>
      (await cli.document<{ items: Suggestion[] }>(['flows', 'suggest', ...more, ...as(user)]))
        .items;
    expect(await suggest(OUTSIDER)).toEqual([]);
    const items = await suggest(RUNNER, '--save', 'events');
    expect(items.length).toBeGreaterThan(5);
    expect(readdirSync(join(folder, 'events'))).toHaveLength(items.length);
    const suggestion = items.find(({ account }) => account.id === idOf('two'))!;
    expect(suggestion).toMatchObject({
      title: MEMBERSHIP,
      source: 'verdict:none',
      flow: 'Okta: Add User to a Group',
      enabled: true,
      needs: [],
    });
    const done = await run(`${suggestion.file}`);
    expect(done).toMatchObject({
      outcome: 'succeeded',
      event: { id: suggestion.event['eventId'] },
    });
    const again = await suggest(RUNNER);
    expect(again.map(({ event: { eventId } }) => eventId)).toContain(suggestion.event['eventId']);
    expect(await run(`${suggestion.file}`)).toMatchObject({ run: done.run, created: false });
  }, 120_000);
});

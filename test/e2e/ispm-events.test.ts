import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyHash } from '../../src/config/env/identity-keys.ts';
import type { FlowRunRecord } from '../../src/store/flow-types.ts';
import { flowId, flowStepId } from '../../src/workflows/messages.ts';
import { waitForRequest, flowJob } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { executions, leaked, spelledOut, tables } from '../support/leaks.ts';
import { REPO } from '../support/policies.ts';
import { migratedDatabase } from '../support/postgres.ts';
import { startServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';

const KEYS = ['hook', 'stranger', 'viewer', 'ann', 'bob', 'lone'] as const;
type KeyName = (typeof KEYS)[number];
const KEY = Object.fromEntries(
  KEYS.map((name) => [name, `arxk_${randomBytes(32).toString('base64url')}`]),
) as Record<KeyName, string>;
const PERSON: Partial<Record<KeyName, string>> = {
  ann: 'ann@example.com',
  bob: 'bob@example.com',
  lone: 'stranger@example.com',
};
const EXPIRE = 'Okta: Reset User Password Upon Next Login';
const ADD = 'Okta: Add User to a Group';
const at = (flow: string, more = ''): string => `/v1/flows/${encodeURIComponent(flow)}${more}`;

const CANARIES = {
  name: 'Wilhelmina Canary-4711',
  text: 'canary-description-81f3',
  link: 'https://ispm.example.org/canary-link-2c9d',
  key: KEY.hook,
};

describe('events from Okta ISPM over HTTP, with server, worker and targets', () => {
  let flows: FlowJob;
  let server: ServerProcess;
  let line: Line;
  let group: string;
  const closing: (() => Promise<unknown>)[] = [];
  const home = mkdtempSync(join(tmpdir(), 'arx-events-'));

  beforeAll(async () => {
    const database = await migratedDatabase();
    flows = await flowJob(database.databaseUrl, {
      config: { policies: [join(REPO, 'policies/*.yaml')] },
    });
    const { job } = flows;
    const [made] = await job.emulators.addGroups([{ name: 'Enforces MFA' }]);
    group = `${made?.id}`;
    const createdAt = '2026-01-01T00:00:00.000Z';
    for (const name of KEYS)
      await job.store.keys.addAccessKey({
        name,
        hash: keyHash(KEY[name]),
        person: PERSON[name] ?? null,
        createdAt,
        revokedAt: null,
      });
    const sets = [
      { name: 'Hook', flows: ['*'], members: ['key:hook'], permissions: ['run'] },
      { name: 'Approvers', flows: [ADD], members: ['group:Approvers'], permissions: ['run'] },
      { name: 'Viewers', flows: [ADD], members: ['key:viewer'], permissions: ['view'] },
    ] as const;
    for (const { flows: of, members, permissions, ...set } of sets)
      await job.store.flowSettings.putSet(null, {
        ...set,
        flows: [...of],
        members: [...members],
        permissions: [...permissions],
      });
    await job.startWorker();
    line = await lineTo(job.temporal.address);
    server = await startServerProcess(
      { ...job.env, ARX_HOME: home, TEMPORAL_ADDRESS: line.address },
      home,
    );
    closing.push(
      () => server.stop(),
      () => line.cut(),
      () => job.close(),
      () => job.temporal.close(),
      () => database.close(),
    );
  }, 120_000);
  afterAll(async () => {
    for (const close of closing) await close();
    rmSync(home, { recursive: true, force: true });
  });

  const call = (
    method: string,
    path: string,
    { as = 'hook', body, headers = {} }: Sending = {},
  ): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method,
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        ...(as !== null && { authorization: `Bearer ${KEY[as]}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
  const send = async (
    event: unknown,
    sending: Sending & { query?: string } = {},
  ): Promise<Answer> =>
    told(await call('POST', `/v1/ispm/events${sending.query ?? ''}`, { ...sending, body: event }));
  const add = async (event: unknown, as: KeyName = 'hook'): Promise<Answer> =>
    told(await call('POST', at(ADD, '/runs'), { as, body: { event, inputs: { group } } }));
  const ended = async (run: string): Promise<FlowRunRecord> => {
    await expect
      .poll(async () => (await flows.job.store.flows.get(run))?.state, {
        timeout: 30_000,
        interval: 50,
      })
      .toBe('ended');
    return (await flows.job.store.flows.get(run)) as FlowRunRecord;
  };
  const somebody = async (): Promise<string> => {
    const [added] = await flows.job.emulators.addUsers([
      { login: `${randomBytes(4).toString('hex')}@example.com` },
    ]);
    return `${added?.id}`;
  };
  const event = (id: string, over: Record<string, unknown> = {}): Record<string, unknown> =>
    flows.event('Okta', id, over);
  const writes = (about: string): Promise<string[]> => flows.writes('okta', about);
  const allWrites = async (): Promise<number> => (await writes('')).length;

  it('act once if delivered a hundred times at once', async () => {
    const id = await somebody();
    const one = event(id, { issueTitle: 'Old Password - Account' });
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(one)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
    const [run, ...others] = new Set(answers.map(({ document }) => document.run));
    expect(others).toEqual([]);
    await flows.answer(`${run}`, 'expire');
    expect(await ended(`${run}`)).toMatchObject({
      outcome: 'succeeded',
      flow: EXPIRE,
      caller: { principal: 'agent:hook' },
    });
    expect(await writes(id)).toEqual([`POST /api/v1/users/${id}/lifecycle/expire_password`]);
    const late = await Promise.all(Array.from({ length: 10 }, () => send(one)));
    expect(late.map(({ status, document }) => [status, document.run, document.outcome])).toEqual(
      Array.from({ length: 10 }, () => [200, run, 'succeeded']),
    );
    expect(await writes(id)).toHaveLength(1);
  }, 90_000);

  it('run a named flow with inputs and are undone over HTTP, each once', async () => {
    const id = await somebody();
    const opened = await add(event(id));
    expect(opened.status).toBe(202);
    const { run } = opened.document;
    expect(await ended(run)).toMatchObject({ outcome: 'succeeded' });
    const shown = (await (await call('GET', `/v1/flow-runs/${run}`)).json()) as object;
    expect(shown).toMatchObject({
      schema: 'arx.flow-run/v1',
      outcome: 'succeeded',
      steps: [{ verified: true }],
    });
    const undone = await told(await call('POST', `/v1/flow-runs/${run}/undo`));
    expect(undone.status).toBe(202);
    expect(await ended(undone.document.run)).toMatchObject({ outcome: 'succeeded', undoes: run });
    const again = await told(await call('POST', `/v1/flow-runs/${run}/undo`));
    expect(await ended(again.document.run)).toMatchObject({ outcome: 'already_in_state' });
    expect(await writes(group)).toEqual([
      `PUT /api/v1/groups/${group}/users/${id}`,
      `DELETE /api/v1/groups/${group}/users/${id}`,
    ]);
  }, 60_000);

  it('start with the next delivery if the start was lost', async () => {
    const lost = event(await somebody());
    const requester = { principal: 'agent:hook', authenticatedBy: 'key', surface: 'api' } as const;
    const { record } = await flows.service.admit({
      requester,
      flow: ADD,
      event: lost,
      inputs: { group },
      checkAge: true,
    });
    expect(await add(lost)).toMatchObject({ status: 200, document: { run: record.run } });
    expect(await ended(record.run)).toMatchObject({ outcome: 'succeeded' });
  }, 60_000);

  it('get 503 while Temporal is unavailable, and start with the next delivery', async () => {
    const id = await somebody();
    const one = event(id);
    await line.cut();
    const away = await add(one);
    expect(away).toMatchObject({
      status: 503,
      document: { schema: 'arx.error/v1', code: 'not_started' },
    });
    expect(Number(away.retryAfter)).toBeGreaterThan(0);
    expect(await flows.job.store.flows.get(away.document.run)).toMatchObject({
      state: 'open',
      outcome: null,
    });
    await line.mend();
    const { status, document } = await repeated(() => add(one));
    expect([status, document.run]).toEqual([200, away.document.run]);
    expect(await ended(document.run)).toMatchObject({ outcome: 'succeeded' });
    expect((await writes(group)).filter((path) => path.endsWith(id))).toHaveLength(1);
  }, 90_000);

  it('are refused, audited and send nothing if stale, foreign, forged or malformed', async () => {
    const before = await allWrites();
    const id = await somebody();
    const started = (await executions(flows.job.temporal)).length;
    const old = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const denied: [Record<string, unknown>, string][] = [
      [{ eventTimestamp: old }, 'stale_event'],
      [{ entitySourceProductTenant: 'evil.okta.com' }, 'foreign_tenant'],
    ];
    for (const [over, code] of denied) {
      const { status, document } = await send(event(id, over));
      expect([status, document.code]).toEqual([403, code]);
      expect(await flows.kinds(document.run)).toEqual(['flow.opened', 'flow.closed']);
    }
    const one = event(id);
    const body = JSON.stringify(one);
    const answers = [
      await send(one, { as: null }),
      await send(one, { as: null, headers: { authorization: `Bearer ${KEY.hook}x` } }),
      await send(one, { as: null, query: `?key=${KEY.hook}` }),
      await send(one, { as: 'stranger' }),
      await send(one, { as: 'lone' }),
      await send(one, { as: 'viewer' }),
      await send(one, { headers: { 'content-type': 'text/plain' } }),
      await send(body.slice(1)),
      await send(body.replace('{', '{"__proto__":{"polluted":1},')),
      await send({ ...one, filler: 'x'.repeat(600_000) }),
      await send(one, { query: '?dry-run=true' }),
      await send({ ...one, entityIdInService: '../../groups/x' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      401, 401, 401, 404, 404, 403, 415, 400, 400, 413, 400, 400,
    ]);
    const refused = await flows.job.store.audit.list({ kind: 'flow.refused', limit: 100 });
    const codes = refused.map(({ entry }) => String(entry.outcome?.['code'])).toSorted();
    expect(codes).toEqual([
      ...[
        'forbidden',
        'malformed',
        'malformed',
        'malformed',
        'malformed',
        'not_found',
        'not_found',
        'not_json',
      ],
      ...['too_large', 'unauthenticated', 'unauthenticated', 'unauthenticated'],
    ]);
    expect((await executions(flows.job.temporal)).length).toBe(started);
    expect(await allWrites()).toBe(before);
  }, 60_000);

  it('report an unknown account id as not found, whatever its prefix, and refuse an invalid Okta id', async () => {
    const before = await allWrites();
    for (const odd of ['00ktw0utvzPBXxny16x7', 'Account_Q1SMRm3vfzomaZwevHIoL9kVhWU~', '-1']) {
      const { status, document } = await add(event(odd));
      expect([odd, status]).toEqual([odd, 202]);
      expect([odd, (await ended(document.run)).outcome]).toEqual([odd, 'failed']);
    }
    for (const none of ['me', 'somebody@example.com', '../groups']) {
      const { status, document } = await add(event(none));
      expect([none, status, document]).toMatchObject([none, 400, { code: 'malformed' }]);
    }
    expect(await allWrites()).toBe(before);
  }, 60_000);

  const MATRIX: [
    as: KeyName,
    set: string,
    list: number,
    show: number,
    run: number,
    history: number,
  ][] = [
    ['hook', 'run, a key', 9, 200, 202, 200],
    ['ann', 'run, a person by her set', 9, 200, 202, 200],
    ['bob', 'run, a person by his group', 1, 200, 202, 200],
    ['viewer', 'view, a key', 1, 200, 403, 200],
    ['stranger', 'no set, a key', 0, 404, 404, 404],
    ['lone', 'no set, a person', 0, 404, 404, 404],
  ];
  it.each(MATRIX)(
    'let %s (%s) see flows, run them and read the history as the sets allow',
    async (as, _, list, show, run, history) => {
      const { items } = (await (await call('GET', '/v1/flows', { as })).json()) as {
        items: unknown[];
      };
      expect(items).toHaveLength(list);
      expect((await call('GET', at(ADD), { as })).status).toBe(show);
      const opened = await add(event(await somebody()), as);
      expect(opened.status).toBe(run);
      if (run === 202)
        expect(await ended(opened.document.run)).toMatchObject({ outcome: 'succeeded' });
      expect(
        (await call('GET', `/v1/flow-runs?flow=${encodeURIComponent(ADD)}`, { as })).status,
      ).toBe(history);
    },
    60_000,
  );

  it('use a changed routing table without a restart', async () => {
    const one = (): Record<string, unknown> =>
      event('00u1', { issueTitle: 'Unused Admin Account' });
    const folder = dirname(`${flows.job.env['ARX_CONFIG']}`);
    expect((await send(one(), { query: '?dry_run=true' })).document.outcome).toBeNull();
    writeFileSync(join(folder, 'routing.yaml'), '[]\n');
    await expect
      .poll(async () => (await send(one(), { query: '?dry_run=true' })).document.outcome, {
        timeout: 15_000,
        interval: 500,
      })
      .toBe('unrouted');
  }, 30_000);

  it('leave no personal data or key in any log, audit trail or history', async () => {
    const planted = {
      entityDisplayName: CANARIES.name,
      issueFullDescription: CANARIES.text,
      issueLink: CANARIES.link,
    };
    const good = await add(event(await somebody(), planted));
    await ended(good.document.run);
    await send({ ...event('x', planted), eventTimestamp: CANARIES.text });
    await send(event('x', planted), {
      as: 'stranger',
      query: `?flow=${encodeURIComponent(CANARIES.name)}`,
    });
    const trail = JSON.stringify(await flows.job.store.audit.list({ limit: 1_000 }));
    expect(leaked(CANARIES, trail)).toEqual([]);
    expect(leaked(CANARIES, server.output())).toEqual([]);
    const own = (await executions(flows.job.temporal)).filter(({ workflowId }) =>
      workflowId.includes(good.document.run),
    );
    expect(own.map(({ workflowId }) => workflowId)).toContain(flowId(good.document.run));
    expect(leaked(CANARIES, spelledOut(own))).toEqual([]);
    const {
      flow_runs: _runs,
      snapshots: _snapshots,
      ...rest
    } = await tables(flows.job.databaseUrl);
    expect(leaked(CANARIES, JSON.stringify(rest))).toEqual([]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(leaked(CANARIES, metrics)).toEqual([]);
    expect(metrics).toContain(
      'arx_server_flow_requests_total{about="event",code="unauthenticated"} 3',
    );
  }, 60_000);

  it('cannot make anybody an approver without other people, and never by their own vote', async () => {
    const { job, people } = flows;
    const { groups } = await job.emulators.state('groups');
    const approvers = `${groups.find(({ name }) => name === 'Approvers')?.id}`;
    const employee = `${people['stranger']}`;
    const body = { event: event(employee), inputs: { group: approvers } };
    const opened = await told(await call('POST', at(ADD, '/runs'), { body }));
    expect(opened.status).toBe(202);
    const { run } = opened.document;
    const request = await waitForRequest(job, flowStepId(run, 'add'));
    expect(await job.store.requests.get(request)).toMatchObject({
      principal: expect.stringMatching(/^flow:/),
      risk: 'HIGH',
      changesRights: true,
    });
    const decide = (as: KeyName, verdict: string): Promise<Response> =>
      call('POST', `/v1/approvals/${request}/decisions`, { as, body: { verdict } });
    const own = await decide('lone', 'approve');
    expect(own.status).toBe(403);
    expect(await own.json()).toMatchObject({ accepted: false, state: 'PENDING' });
    expect(await writes(approvers)).toEqual([]);
    expect(await (await decide('bob', 'approve')).json()).toMatchObject({ state: 'APPROVED' });
    expect(await ended(run)).toMatchObject({ outcome: 'succeeded' });
    // The new member does not count yet for the next change of the group.
    const next = { event: event(await somebody()), inputs: { group: approvers } };
    const following = await told(await call('POST', at(ADD, '/runs'), { body: next }));
    const second = await waitForRequest(job, flowStepId(following.document.run, 'add'));
    const late = await call('POST', `/v1/approvals/${second}/decisions`, {
      as: 'lone',
      body: { verdict: 'approve' },
    });
    expect(await late.json()).toMatchObject({ accepted: false, code: 'not_eligible' });
    await flows.answer(following.document.run, 'add', 'deny');
    expect((await ended(following.document.run)).outcome).not.toBe('succeeded');
    expect(await writes(approvers)).toEqual([`PUT /api/v1/groups/${approvers}/users/${employee}`]);
  }, 90_000);
});

interface Sending {
  as?: KeyName | null;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  retryAfter: string | null;
  document: { schema: string; run: string; code: string | null; outcome: string | null };
}

async function told(answer: Response): Promise<Answer> {
  const document = (await answer.json()) as Answer['document'];
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), document };
}

/** Delivers like a hook: again while the server asks for a retry. */
async function repeated(deliver: () => Promise<Answer>): Promise<Answer> {
  for (let left = 20; ; left -= 1) {
    const answer = await deliver();
    if (answer.status !== 503 || left === 0) return answer;
  }
}

/** A connection to a server that can be cut and restored. */
interface Line {
  address: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

async function lineTo(address: string): Promise<Line> {
  const [host = '', port = ''] = address.split(':');
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    sockets.add(
      socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket)),
    );
    return socket;
  };
  let own = 0;
  let server: Server | null = null;
  const mend = async (): Promise<void> => {
    server = createServer((near) => {
      const far = hold(connect(Number(port), host));
      hold(near).pipe(far).pipe(near);
    });
    await new Promise<void>((listening) => server?.listen(own, '127.0.0.1', () => listening()));
    own = (server.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
    for (const socket of sockets) socket.destroy();
    await closed;
    server = null;
  };
  await mend();
  return { address: `127.0.0.1:${own}`, cut, mend };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { Store } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';
import { account, created, event, populate, told as trail } from '../services/flows/support.ts';
import { keyOf, serveFlows, told } from './flows-support.ts';
import type { KeyName } from './flows-support.ts';
import { fits } from './openapi.ts';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  populate(emulators);
});
afterAll(() => emulators.close());

const runsOf = async (store: Store): Promise<number> =>
  (await store.flows.list({ limit: 500 })).length;
const refusals = async (store: Store): Promise<unknown[]> =>
  (await trail(store)).filter(([kind]) => kind === 'flow.refused').map(([, outcome]) => outcome);

describeOnStores('POST /v1/ispm/events', ({ fresh }) => {
  it('answers 202 for a new event and 200 with the same run for a repeated one', async () => {
    const { send, started, app } = await serveFlows(emulators, await fresh());
    const one = event();
    const [status, first] = await told(send(one));
    expect([status, first]).toMatchObject([
      202,
      { flow: 'Suspend Okta Account', created: true, outcome: null },
    ]);
    expect(fits('Accepted', first)).toEqual([]);
    const headers = {
      'x-api-key': keyOf('soc'),
      'content-type': 'application/json; charset=utf-8',
    };
    const again = await told(
      app.request('/v1/ispm/events', { method: 'POST', headers, body: JSON.stringify(one) }),
    );
    expect(again).toMatchObject([200, { run: first.run, created: false }]);
    expect(started).toEqual([first.run, first.run]);
  });

  it('treats a hundred simultaneous deliveries as one event', async () => {
    const store = await fresh();
    const { send } = await serveFlows(emulators, store);
    const one = event();
    const answers = await Promise.all(Array.from({ length: 100 }, () => told(send(one))));
    expect(answers.filter(([status]) => status === 202)).toHaveLength(1);
    expect(answers.filter(([status]) => status === 200)).toHaveLength(99);
    expect(new Set(answers.map(([, { run }]) => run)).size).toBe(1);
    expect((await trail(store)).map(([kind]) => kind)).toEqual(['flow.opened']);
  }, 30_000);

  it('starts the workflow of a run that was opened but not started', async () => {
    const store = await fresh();
    const { send, started, temporal } = await serveFlows(emulators, store);
    const one = event();
    temporal.away = true;
    const answer = await send(one);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    const refused = (await answer.json()) as { run: string };
    expect(refused).toMatchObject({ schema: 'arx.error/v1', code: 'not_started' });
    expect(fits('Error', refused)).toEqual([]);
    temporal.away = false;
    expect(await told(send(one))).toMatchObject([200, { run: refused.run }]);
    expect(started).toEqual([refused.run]);
    expect(await runsOf(store)).toBe(1);
  });

  it('plans a dry run, which does not consume the event id, and refuses a misspelt dry_run', async () => {
    const store = await fresh();
    const { send } = await serveFlows(emulators, store);
    const one = event();
    const dry = [
      await told(send(one, { query: '?dry_run=true' })),
      await told(send(one, { query: '?dry_run=true' })),
    ];
    expect(dry).toMatchObject([
      [202, { dryRun: true }],
      [202, { dryRun: true }],
    ]);
    const before = await runsOf(store);
    for (const query of [
      '?dryrun=true',
      '?dry_run=yes',
      '?dry_run=',
      '?dry_run=true&dry_run=false',
      '?__proto__=1',
    ])
      expect([query, (await told(send(one, { query })))[0]]).toEqual([query, 400]);
    expect(await told(send(one, { query: '?dryrun=true' }))).toMatchObject([
      400,
      { where: { path: 'dryrun' } },
    ]);
    expect(await runsOf(store)).toBe(before);
    expect((await told(send(one)))[0]).toBe(202);
  });

  it('reports events without anything to do: unrouted, manual', async () => {
    const { send, started } = await serveFlows(emulators, await fresh());
    const unrouted = await told(send(event({ issueTitle: 'Something else' })));
    expect(unrouted).toMatchObject([
      202,
      { outcome: 'unrouted', code: 'no_route', state: 'ended' },
    ]);
    expect(fits('Accepted', unrouted[1])).toEqual([]);
    const manual = await told(send(created('OAuth grant')));
    expect(manual).toMatchObject([202, { outcome: 'manual', flow: null }]);
    expect(started).toEqual([]);
  });

  it('accepts a person with accounts, and a flow by its name', async () => {
    const { send } = await serveFlows(emulators, await fresh());
    const person = created('Person', [account('Okta', 'example.okta.com', '00k1')]);
    expect(await told(send(person))).toMatchObject([202, { flow: null, state: 'open' }]);
    const query = `?flow=${encodeURIComponent('suspend okta account')}`;
    expect(await told(send(event({ issueTitle: 'Any' }), { query }))).toMatchObject([
      202,
      { flow: 'Suspend Okta Account' },
    ]);
    expect((await told(send(event(), { query: '?flow=None%20such' })))[0]).toBe(404);
    expect((await told(send(event(), { query: '?flow=a%00b' })))[0]).toBe(404);
  });

  it.each([
    ['an event of the day before', { eventTimestamp: '2026-11-21T07:59:59Z' }, 'stale_event'],
    ['an event from tomorrow', { eventTimestamp: '2026-11-23T08:00:00Z' }, 'stale_event'],
    ["another tenant's event", { entitySourceProductTenant: 'evil.okta.com' }, 'foreign_tenant'],
    [
      'a tenant that begins like ours',
      { entitySourceProductTenant: 'example.okta.com.evil.org' },
      'foreign_tenant',
    ],
    ['a tenant of another product', { entitySourceProductName: 'AAD' }, 'foreign_tenant'],
  ])('answers 403 to %s each time, records it and starts nothing', async (_, over, code) => {
    const store = await fresh();
    const { send, started } = await serveFlows(emulators, store);
    const one = event(over);
    const first = await told(send(one));
    expect(first).toMatchObject([403, { schema: 'arx.error/v1', code }]);
    expect(fits('Error', first[1])).toEqual([]);
    expect(await told(send(one))).toEqual(first);
    expect(started).toEqual([]);
    expect((await trail(store)).map(([kind]) => kind)).toEqual(['flow.opened', 'flow.closed']);
    expect(await store.flows.get(first[1].run)).toMatchObject({ outcome: 'denied', code });
  });

  it('answers 409 to an id that was used for another event', async () => {
    const store = await fresh();
    const { send } = await serveFlows(emulators, store);
    const one = event();
    expect((await told(send(one)))[0]).toBe(202);
    const other = await told(send({ ...one, entityIdInService: '00k2' }));
    expect(other).toMatchObject([409, { code: 'conflict' }]);
    expect(await refusals(store)).toEqual([{ code: 'conflict' }]);
  });

  it('answers 401 without a valid key, 404 without View and 403 without Run, and records it', async () => {
    const store = await fresh();
    const { send, started } = await serveFlows(emulators, store);
    const strangers: Record<string, string>[] = [
      {},
      { authorization: 'Bearer x' },
      { authorization: `Basic ${keyOf('soc')}` },
      { authorization: keyOf('soc') },
      { 'x-api-key': keyOf('gone') },
      { 'x-api-key': `${keyOf('soc')}x` },
      { authorization: 'Bearer x', 'x-api-key': keyOf('soc') },
      { cookie: `key=${keyOf('soc')}` },
    ];
    for (const headers of strangers)
      expect(await told(send(event(), { as: null, headers }))).toMatchObject([
        401,
        { code: 'unauthenticated' },
      ]);
    const inAddress = await told(send(event(), { as: null, query: `?x-api-key=${keyOf('soc')}` }));
    expect(inAddress[0]).toBe(401);
    const requesters: [KeyName, number][] = [
      ['nobody', 404],
      ['reader', 403],
      ['vic', 403],
      ['cus', 404],
      ['out', 404],
      ['bo', 202],
      ['ann', 202],
      ['soc', 202],
    ];
    for (const [as, status] of requesters)
      expect([as, (await told(send(event(), { as })))[0]]).toEqual([as, status]);
    expect(started).toHaveLength(3);
    const codes = (await refusals(store)).map((outcome) => (outcome as { code: string }).code);
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(strangers.length + 1);
    expect(codes.filter((code) => code === 'not_found')).toHaveLength(3);
    expect(codes.filter((code) => code === 'forbidden')).toHaveLength(2);
  });

  it('records at most sixty unauthenticated requests per minute', async () => {
    const store = await fresh();
    const { send } = await serveFlows(emulators, store);
    await Promise.all(Array.from({ length: 80 }, () => send(event(), { as: null })));
    expect(await refusals(store)).toHaveLength(60);
  });

  it('refuses bodies that are too large, of another type, or not JSON, and records the key', async () => {
    const store = await fresh();
    const { send, app } = await serveFlows(emulators, store);
    expect(await told(send('x'.repeat(512 * 1024 + 1)))).toMatchObject([
      413,
      { code: 'too_large' },
    ]);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonx',
    ])
      expect((await told(send(event(), { headers: { 'content-type': type } })))[0]).toBe(415);
    for (const body of ['', '{', '{"a":1}}', '\uFEFF', 'undefined', '['.repeat(100_000)])
      expect([body.slice(0, 9), (await told(send(body)))[0]]).toEqual([body.slice(0, 9), 400]);
    for (const body of ['null', '5', '"x"', '[]', '[{}]', '{}', 'true'])
      expect(await told(send(body))).toMatchObject([400, { code: 'malformed' }]);
    const headers = { authorization: `Bearer ${keyOf('soc')}`, 'content-type': 'application/json' };
    const broken = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    const answer = await app.request('/v1/ispm/events', { method: 'POST', headers, body: broken });
    expect(answer.status).toBe(400);
    const outcomes = await refusals(store);
    expect(outcomes).toContainEqual({ code: 'too_large', key: 'soc' });
    expect(outcomes.filter((one) => (one as { code: string }).code === 'not_json')).toHaveLength(4);
    expect(await runsOf(store)).toBe(0);
  });

  it('limits each key to its number of requests per minute', async () => {
    let at = Date.parse('2026-11-22T08:00:00.000Z');
    const { send } = await serveFlows(emulators, await fresh(), {
      perMinute: 3,
      now: () => new Date(at),
    });
    for (const status of [202, 202, 202]) expect((await send(event())).status).toBe(status);
    const refused = await send(event());
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
    expect((await send(event(), { as: 'ann' })).status).toBe(202);
    at += 20_000;
    expect((await send(event())).status).toBe(202);
  });

  it('answers 503 with Retry-After if Okta does not identify the requester', async () => {
    const { send } = await serveFlows(emulators, await fresh());
    emulators.faults.add({
      vendor: 'okta',
      pathPattern: '^/api/v1/users',
      kind: 'status',
      status: 403,
    });
    const answer = await send(event(), { as: 'ann' });
    emulators.faults.clear();
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      ...[503, '5', { code: 'asker_unreadable' }],
    ]);
  });

  it('leaves no personal data in audit trail and counters', async () => {
    const store = await fresh();
    const { send, app } = await serveFlows(emulators, store);
    const canary = 'canary-7f3a@example.org';
    const entra = { entitySourceProductName: 'AAD', entitySourceProductTenant: 'contoso.example' };
    const personal = {
      entityDisplayName: canary,
      issueFullDescription: canary,
      entityIdInService: canary,
    };
    await send(event({ ...personal, ...entra }));
    await send(event(personal));
    await send(event({ entityDisplayName: [canary], [canary]: 1, eventTimestamp: canary }));
    await send(event(), { query: `?flow=${canary}` });
    await send(event(), { query: `?${canary}=1` });
    await send(event(), { as: 'bo' });
    const entries = JSON.stringify(await store.audit.list({ limit: 1_000 }));
    expect(entries).not.toContain('canary');
    expect(entries).not.toContain('bo@example.com');
    const metrics = await (await app.request('/metrics')).text();
    expect(metrics).not.toContain('canary');
    expect(metrics).toContain('arx_server_flow_requests_total{about="event",code="accepted"} 2');
    expect(metrics).toContain('arx_server_flow_requests_total{about="event",code="malformed"} 3');
    expect(metrics).toContain('arx_server_flow_requests_total{about="event",code="not_found"} 1');
  });
});

describe('the address of events', () => {
  it('accepts only POST', async () => {
    const store = { keys: { accessKey: async () => null } } as unknown as Store;
    const { appOver } = await import('./support.ts');
    const { app } = appOver(store);
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await app.request('/v1/ispm/events', { method })).status).toBe(401);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { ANN, appOver, askAbout, clickBody, NOW, signed } from './support.ts';

let database: TestDatabase;
let store: Store;
let serial = 0;
beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl, maxConnections: 2 });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.close();
});

async function asked(): Promise<string> {
  serial += 1;
  await askAbout(store, `request-${serial}`);
  return `request-${serial}`;
}

type App = ReturnType<typeof appOver>['app'];
const post = async (app: App, body: string, headers: Record<string, string>) =>
  app.request('/slack/interactions', { method: 'POST', body, headers });
const refusalsOf = async (subject: string) =>
  (await store.audit.list({ subject, kind: 'approval.refused' })).map(
    ({ entry }) => entry.outcome?.['code'],
  );
const at = NOW.getTime() / 1000;

describe('a click in Slack', () => {
  it('is a decision of the matching Okta user, for exactly this request', async () => {
    const id = await asked();
    const { app, decisions } = appOver(store);
    const body = clickBody(id);
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { text: expect.stringContaining('counts') },
    ]);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      request: { requestId: id },
      proven: {
        verdict: 'approve',
        person: ANN.id,
        surface: 'slack',
        authenticatedBy: 'slack',
        at: NOW.getTime(),
      },
    });
  });

  it('delivered again with a new signature keeps its id; another click has a different one', async () => {
    const id = await asked();
    const { app, decisions } = appOver(store);
    const body = clickBody(id);
    await post(app, body, signed(body));
    await post(app, body, signed(body, { at: at + 1 }));
    const deny = { action_id: 'arx_deny', block_id: 'arx_decision', value: id };
    const other = clickBody(id, { actions: [deny] });
    await post(app, other, signed(other));
    const ids = decisions.map(({ proven }) => proven.decisionId);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(decisions[2]?.proven.verdict).toBe('deny');
  });

  it.each<[string, string, (body: string) => Record<string, string>]>([
    ['another secret', 'bad_signature', (body) => signed(body, { secret: 'd'.repeat(32) })],
    ['a body that was changed', 'bad_signature', (body) => signed(`${body}&more=1`)],
    [
      'letters in the time',
      'bad_signature',
      (body) => ({ ...signed(body), 'x-slack-request-timestamp': `${at}x` }),
    ],
    [
      'an exponent as time',
      'bad_signature',
      (body) => ({ ...signed(body), 'x-slack-request-timestamp': '1e9' }),
    ],
    [
      'another time',
      'bad_signature',
      (body) => ({ ...signed(body), 'x-slack-request-timestamp': `${at + 1}` }),
    ],
    ['capitals', 'bad_signature', (body) => upper(signed(body))],
    ['a short one', 'bad_signature', (body) => ({ ...signed(body), 'x-slack-signature': 'v0=00' })],
    ['no headers', 'bad_signature', () => ({})],
    ['no signature', 'bad_signature', () => ({ 'x-slack-request-timestamp': `${at}` })],
    ['an old time', 'stale', (body) => signed(body, { at: at - 301 })],
    ['a time to come', 'stale', (body) => signed(body, { at: at + 301 })],
  ])('with %s is refused, recorded as %s, and has no effect', async (_what, code, headersOf) => {
    const id = await asked();
    const { app, decisions } = appOver(store);
    const body = clickBody(id);
    const answer = await post(app, body, headersOf(body));
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { schema: 'arx.error/v1', code },
    ]);
    expect(decisions).toEqual([]);
    expect(await refusalsOf(id)).toEqual([code]);
  });

  it.each([at - 300, at + 300])('at the edge of the window (%d) counts', async (edge) => {
    const id = await asked();
    const { app, decisions } = appOver(store);
    const body = clickBody(id);
    expect((await post(app, body, signed(body, { at: edge }))).status).toBe(200);
    expect(decisions).toHaveLength(1);
  });

  it('counts once however often it is replayed, to one server or two', async () => {
    const id = await asked();
    const servers = [appOver(store), appOver(store)];
    const body = clickBody(id);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        post((servers[index % 2] ?? servers[0])!.app, body, signed(body)),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(401)]);
    expect(servers.flatMap(({ decisions }) => decisions)).toHaveLength(1);
    expect(await refusalsOf(id)).toEqual(Array(7).fill('replayed'));
  });

  it('of a stranger is refused and recorded', async () => {
    const id = await asked();
    const { app, decisions } = appOver(store);
    const body = clickBody(id, { user: { id: 'U0EVE' } });
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { text: expect.stringContaining('Refused') },
    ]);
    expect(decisions).toEqual([]);
    expect(await refusalsOf(id)).toEqual(['unmapped']);
  });

  it('that cannot be handled now is answered with the reason, as is one for an unknown request', async () => {
    const id = await asked();
    const away = appOver(store, { decide: async () => Promise.reject(new Error('away')) });
    const body = clickBody(id);
    expect(await (await post(away.app, body, signed(body))).json()).toMatchObject({
      text: expect.stringContaining('not possible now'),
    });
    const { app, decisions } = appOver(store);
    const unknown = clickBody('no-such');
    expect(await (await post(app, unknown, signed(unknown))).json()).toMatchObject({
      text: expect.stringContaining(
        'the request does not exist, or no approval was requested for it',
      ),
    });
    expect(decisions).toEqual([]);
  });

  it('is answered in time even if the decision takes longer, which continues', async () => {
    const id = await asked();
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const { app, background } = appOver(store, {
      decide: async () =>
        slow.then(() => ({ accepted: true, code: 'counted', state: 'APPROVED' }) as const),
    });
    const body = clickBody(id);
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    finish();
    await background.waitForAll();
    expect(await (await app.request('/metrics')).text()).toContain(
      'decisions_total{surface="slack",code="counted"} 1',
    );
  });
});

describe('what Slack would not send', () => {
  const payload = (text: string) => new URLSearchParams({ payload: text }).toString();
  it.each<[string, string]>([
    ['no form', 'hello'],
    ['no JSON', payload('{')],
    ['null', payload('null')],
    [
      'a prototype',
      payload('{"__proto__":{"type":"block_actions"},"constructor":{"prototype":{"x":1}}}'),
    ],
    ['deep nesting', payload('['.repeat(20_000))],
    ['two payloads', `${clickBody('request-1')}&${clickBody('request-1')}`],
    [
      'another button',
      clickBody('request-1', {
        actions: [{ action_id: 'open', block_id: 'arx_decision', value: 'x' }],
      }),
    ],
    [
      'two actions',
      clickBody('request-1', { actions: Array(2).fill(JSON.parse(actionText('request-1'))) }),
    ],
    ['a hostile request id', clickBody('../../etc')],
    ['a hostile user', clickBody('request-1', { user: { id: 'ann@example.com' } })],
    ['another kind', clickBody('request-1', { type: 'view_submission' })],
  ])('signed, but %s: acknowledged without effect', async (_what, body) => {
    const { app, decisions } = appOver(store);
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(decisions).toEqual([]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('ten megabytes are refused unread', async () => {
    const { app, decisions } = appOver(store);
    const body = clickBody('request-1', { padding: 'x'.repeat(10_000_000) });
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'too_large' }]);
    expect(decisions).toEqual([]);
  });

  it('without a signing secret everything is refused', async () => {
    const { app, decisions } = appOver(store, { slackSecret: null });
    const body = clickBody('request-1');
    const answer = await post(app, body, signed(body));
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'slack_not_set_up' }]);
    expect(decisions).toEqual([]);
  });

  it('a flood by strangers keeps nobody else out of the audit trail', async () => {
    const id = await asked();
    const { app, background } = appOver(store);
    for (let index = 0; index < 65; index += 1) await post(app, clickBody(id), {});
    const stranger = clickBody(id, { user: { id: 'U0EVE', username: 'eve', team_id: 'T1' } });
    expect((await post(app, stranger, signed(stranger))).status).toBe(200);
    await background.waitForAll();
    expect((await refusalsOf(id)).filter((code) => code === 'unmapped')).toEqual(['unmapped']);
  });

  it('a flood of refusals adds only one minute of entries to the audit trail', async () => {
    const id = await asked();
    const { app } = appOver(store);
    const body = clickBody(id);
    for (let index = 0; index < 65; index += 1)
      expect((await post(app, body, {})).status).toBe(401);
    expect(
      (await store.audit.list({ subject: id, kind: 'approval.refused', limit: 100 })).length,
    ).toBe(60);
  });
});

const upper = (headers: Record<string, string>) => ({
  ...headers,
  'x-slack-signature': `v0=${headers['x-slack-signature']?.slice(3).toUpperCase()}`,
});

function actionText(value: string): string {
  return JSON.stringify({ action_id: 'arx_approve', block_id: 'arx_decision', value });
}

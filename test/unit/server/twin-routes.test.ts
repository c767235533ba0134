import { expect, it } from 'vitest';
import { readOktaStatus } from '../../../src/services/twin/okta-status.ts';
import type { ServerTwin } from '../../../src/server/types.ts';
import type { Store } from '../../../src/store/types.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import { readEnv } from '../../../src/config/env/env.ts';
import { ORG, seededTwin, seedTwin, SYNCED } from '../../support/seeded-twin.ts';
import { describeOnStores } from '../../support/stores.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { ANN } from './support.ts';

const earlier = '2026-11-19T08:00:00.000Z';

const seeded = (store: Store): Promise<void> =>
  seedTwin(store, {
    users: [
      { id: '00u1', roles: ['SUPER_ADMIN'] },
      { id: '00u2' },
      { id: '00u3', roles: ['APP_ADMIN'] },
    ],
    apps: ['0oa1', '0oa2', '0oa3'],
    gaps: [
      { subject: '00u2', severity: 'medium' },
      { subject: '00u1', kind: 'admin_no_mfa', severity: 'critical' },
    ],
    events: [
      { uuid: 'e1', at: earlier },
      { uuid: 'e2', severity: 'high' },
      { uuid: 'e3', rule: 'a/b' },
    ],
    facts: ['sso_apps', 'tool:okta'],
  });

function twinOver(store: Store, over: Partial<ServerTwin> = {}): ServerTwin {
  const env = readEnv({ env: { OKTA_DOMAIN: ORG }, cwd: '/nowhere' });
  const source = { env, config: configSchema.parse({ version: 1 }), baseDir: '/nowhere' };
  return {
    open: () => seededTwin(store),
    status: () => readOktaStatus(source, (read) => read(store), new Date(SYNCED)),
    start: async () => ({ run: 's2', workflowId: 'w2' }),
    progress: async () => null,
    ...over,
  };
}

const LISTS: [path: string, schema: string, key: string, keys: string[]][] = [
  ['gaps', 'TwinGaps', 'subject', ['00u1', '00u2']],
  ['gaps?severity=medium,low', 'TwinGaps', 'subject', ['00u2']],
  ['gaps?kind=admin_no_mfa', 'TwinGaps', 'subject', ['00u1']],
  ['gaps?closed=true', 'TwinGaps', 'subject', ['00u1', '00u2']],
  ['events', 'TwinEvents', 'uuid', ['e2', 'e3', 'e1']],
  ['events?severity=high', 'TwinEvents', 'uuid', ['e2']],
  ['events?rule=a%2Fb', 'TwinEvents', 'uuid', ['e3']],
  [`events?until=${SYNCED}`, 'TwinEvents', 'uuid', ['e1']],
  [`events?since=${SYNCED}`, 'TwinEvents', 'uuid', ['e2', 'e3']],
  ['facts', 'TwinFacts', 'key', ['sso_apps', 'tool:okta']],
  ['facts?history=sso_apps', 'TwinFacts', 'key', ['sso_apps']],
  ['apps', 'TwinApps', 'id', ['0oa1', '0oa2', '0oa3']],
  ['apps?status=inactive', 'TwinApps', 'id', []],
  ['apps?sign_on=saml_2_0&gone=false&limit=9', 'TwinApps', 'id', ['0oa1', '0oa2', '0oa3']],
  ['admins', 'TwinAdmins', 'id', ['00u1', '00u3']],
  ['timeline', 'TwinTimeline', 'run', []],
  ['search?q=nothing', 'TwinSearch', 'id', []],
];

interface Listed {
  items: Record<string, string>[];
  next: string | null;
}

describeOnStores('the API of the twin', ({ fresh }) => {
  it('lists what was synced, by every filter', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store, { twin: twinOver(store) });
    for (const [path, schema, key, keys] of LISTS) {
      const [status, page] = await api.get<Listed>(`/v1/twin/${path}`, { as: 'reports' });
      expect([path, status, page.items.map((item) => item[key])]).toEqual([path, 200, keys]);
      expect([path, fits(schema, page), page.next]).toEqual([path, [], null]);
      expect(page).toMatchObject({ org: ORG, sync: { run: 'sync-1', status: 'complete' } });
    }
    const [, admins] = await api.get<Listed>('/v1/twin/admins');
    expect(admins.items[0]).toMatchObject({ why: [{ kind: 'role', role: 'SUPER_ADMIN' }] });
  });

  it('gives pages that neither lose nor repeat anything', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store, { twin: twinOver(store) });
    for (const [view, key, size] of [
      ['gaps', 'subject', 2],
      ['events', 'uuid', 3],
      ['facts', 'key', 2],
      ['apps', 'id', 3],
      ['admins', 'id', 2],
    ] as const) {
      const found: unknown[] = [];
      let after = '';
      do {
        const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
        const [, page] = await api.get<Listed>(`/v1/twin/${view}?limit=1${query}`);
        found.push(...page.items.map((item) => item[key]));
        after = page.next ?? '';
      } while (after !== '');
      expect([view, new Set(found).size, found.length]).toEqual([view, size, size]);
    }
  });

  it('says how Okta is configured and how old each stream is', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store, { twin: twinOver(store) });
    const [, status] = await api.get('/v1/twin');
    expect([fits('OktaStatus', status), status]).toMatchObject([
      [],
      { configured: false, org: ORG, streams: [{ name: 'users', state: 'complete' }, {}, {}, {}] },
    ]);
  });

  it('is empty without a sync, and refuses unknown filters', async () => {
    const store = await fresh();
    await using api = await serveApi(store);
    const [, page] = await api.get('/v1/twin/gaps');
    expect([fits('TwinGaps', page), page]).toMatchObject([[], { sync: null, items: [] }]);
    await seeded(store);
    await using full = await serveApi(await fresh(), { twin: twinOver(store) });
    for (const path of ['gaps?kind=none', 'events?since=1', 'search', 'apps?status=', 'x'])
      expect([400, 404]).toContain((await full.send(`/v1/twin/${path}`)).status);
  });

  it('starts a sync for the person of the key, and shows it', async () => {
    const store = await fresh();
    await seeded(store);
    const asked: unknown[] = [];
    const start: ServerTwin['start'] = async (requester, request) => {
      asked.push({ ...request, principal: requester.principal });
      return { run: 's2', workflowId: 'w2' };
    };
    await using api = await serveApi(store, { twin: twinOver(store, { start }) });
    const [status, started] = await api.get('/v1/syncs', { body: { hoursBack: 168 }, as: 'admin' });
    expect([status, fits('StartedSync', started)]).toEqual([202, []]);
    expect(asked).toEqual([{ hoursBack: 168, principal: `user:${ANN.id}` }]);
    for (const body of [{ hours: 1 }, { hoursBack: 0 }, { users: false, apps: false, logs: false }])
      expect((await api.send('/v1/syncs', { body })).status).toBe(400);
    const [, sync] = await api.get('/v1/syncs/sync-1', { as: 'reports' });
    expect([fits('Sync', sync), sync]).toMatchObject([[], { status: 'complete', progress: null }]);
    expect(await api.get('/v1/syncs/s9')).toMatchObject([404, { code: 'no_such_sync' }]);
  });
});

import { expect, it } from 'vitest';
import { flowRun } from '../../support/flow-runs.ts';
import { seedRun } from '../../support/seeded-runs.ts';
import { seededTwin, seedTwin } from '../../support/seeded-twin.ts';
import { describeOnStores } from '../../support/stores.ts';
import type { Store } from '../../../src/store/types.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { appOver } from './support.ts';

const ID = '00u1';
const WEEKS: [run: string, startedAt: string, verdict: 'none' | 'compliant' | 'weak_only'][] = [
  ['r1', '2026-11-02T08:00:00.000Z', 'compliant'],
  ['r2', '2026-11-09T08:00:00.000Z', 'none'],
  ['r3', '2026-11-16T08:00:00.000Z', 'none'],
];

async function seeded(store: Store): Promise<void> {
  for (const [run, startedAt, verdict] of WEEKS) {
    const user = { userId: ID, login: 'ann@acme.test', verdict, checkedAt: startedAt };
    await seedRun(store, { run, startedAt }, [user, { userId: '00u2', verdict: 'none' }]);
  }
  await store.users.setTicket(null, 'r2', ID, 'SEC-1');
  await store.users.setTicket(null, 'r3', ID, 'SEC-1');
  await store.tickets.note(null, 'r2', ID, { action: 'created', key: 'SEC-1', code: null });
  await seedTwin(store, {
    users: [{ id: ID, login: 'ann@acme.test', roles: ['SUPER_ADMIN'] }],
    gaps: [{ subject: ID }, { subject: '00u2' }],
  });
  const target = { product: 'Okta', id: ID };
  await store.flows.open(flowRun('a'.repeat(32), { target }));
  await store.flows.open(flowRun('b'.repeat(32), { eventId: 'e2', eventDigest: 'other' }));
}

describeOnStores('a person', ({ fresh }) => {
  it('is shown with verdicts, tickets, twin and flow runs, now and at an earlier time', async () => {
    const store = await fresh();
    await seeded(store);
    const { flows, twin } = appOver(store).parts;
    const history: typeof flows.service.history = (_, filter) => store.flows.list(filter);
    const over = {
      twin: { ...twin, open: () => seededTwin(store) },
      flows: { ...flows, service: { ...flows.service, history } },
    };
    await using api = await serveApi(store, over);
    const [status, now] = await api.get('/v1/people/ann@acme.test');
    expect([status, fits('Person', now)]).toEqual([200, []]);
    expect(now).toMatchObject({
      id: ID,
      login: 'ann@acme.test',
      at: null,
      verdict: { run: 'r3', verdict: 'none', ticket: 'SEC-1' },
      since: { run: 'r2', at: WEEKS[1]![1], verdict: 'none' },
      history: [{ run: 'r3' }, { run: 'r2', ticketAction: 'created' }, { run: 'r1' }],
      tickets: [{ key: 'SEC-1', firstRun: 'r2', lastRun: 'r3' }],
      twin: {
        user: { roles: [{ role: 'SUPER_ADMIN' }], privileged: true },
        gaps: [{ subject: ID }],
      },
      flowRuns: [{ run: 'a'.repeat(32) }],
    });
    const [, then] = await api.get(`/v1/people/${ID}?at=2026-11-10T01:00:00%2B01:00`);
    expect(fits('Person', then)).toEqual([]);
    expect(then).toMatchObject({
      at: '2026-11-10T00:00:00.000Z',
      verdict: { run: 'r2' },
      history: [{ run: 'r2' }, { run: 'r1' }],
      twin: { user: null, gaps: [] },
      flowRuns: [],
    });
    const [, reports] = await api.get(`/v1/people/${ID}`, { as: 'reports' });
    expect(reports).toMatchObject({ id: ID, flowRuns: null });
  });

  it('is unknown if no run and no sync has read such a person', async () => {
    await using api = await serveApi(await fresh());
    expect(await api.get('/v1/people/nobody')).toMatchObject([404, { code: 'no_such_person' }]);
    expect((await api.send(`/v1/people/${'x'.repeat(300)}`)).status).toBe(404);
    expect((await api.send('/v1/people/nobody?at=yesterday')).status).toBe(400);
    expect((await api.send('/v1/people/nobody?since=1')).status).toBe(400);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import { nextLink, oktaCalls } from '../../support/vendor-calls.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;
let okta: PlainCall;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  okta = oktaCalls(emulators.document);
  for (let hour = 0; hour < 5; hour += 1) {
    emulators.okta.log.add({
      eventType: hour % 2 === 0 ? 'user.session.start' : 'user.mfa.factor.deactivate',
      published: `2026-01-05T0${hour}:00:00.000Z`,
      outcome: {
        result: hour === 4 ? 'FAILURE' : 'SUCCESS',
        reason: hour === 4 ? 'INVALID_CREDENTIALS' : null,
      },
      targets: [
        { id: `t${hour}`, type: 'User', alternateId: `u${hour}@logs.example`, displayName: 'U' },
      ],
    });
  }
});
afterAll(() => emulators.close());

const DAY = 'since=2026-01-05T00:00:00Z&until=2026-01-06T00:00:00Z';
const published = (body: unknown): number[] =>
  (body as { published: string }[]).map((event) => new Date(event.published).getUTCHours());
const logs = async (query: string) => okta('GET', `/api/v1/logs?${query}`);

describe('the System Log of the emulated Okta', () => {
  it.each([
    ['all of a day', DAY, [0, 1, 2, 3, 4]],
    ['newest first', `${DAY}&sortOrder=DESCENDING`, [4, 3, 2, 1, 0]],
    ['some hours', 'since=2026-01-05T01:00:00Z&until=2026-01-05T03:00:00Z', [1, 2]],
    [
      'by type',
      `${DAY}&filter=${encodeURIComponent('eventType eq "user.session.start"')}`,
      [0, 2, 4],
    ],
    ['by target', `${DAY}&filter=${encodeURIComponent('target.id eq "t3"')}`, [3]],
    ['by outcome', `${DAY}&filter=${encodeURIComponent('outcome.result eq "FAILURE"')}`, [4]],
    ['by word', `${DAY}&q=U1%40logs`, [1]],
  ])('answers %s', async (_, query, hours) => {
    expect(published((await logs(query)).body)).toEqual(hours);
  });

  it('has a last page with `until`', async () => {
    const first = await logs(`${DAY}&limit=3`);
    const second = await okta('GET', nextLink(first) ?? '');
    expect([published(first.body), published(second.body), nextLink(second)]).toEqual([
      [0, 1, 2],
      [3, 4],
      null,
    ]);
  });

  it('always has a next link without `until`', async () => {
    const first = await logs('since=2026-01-05T00:00:00Z');
    const quiet = await okta('GET', nextLink(first) ?? '');
    expect([quiet.body, nextLink(quiet)]).toEqual([[], nextLink(first)]);
    emulators.okta.log.add({ eventType: 'user.session.end' });
    const more = await okta('GET', nextLink(quiet) ?? '');
    expect(more.body).toMatchObject([{ eventType: 'user.session.end' }]);
    expect(nextLink(more)).not.toBe(nextLink(quiet));
  });

  it.each([
    'since=yesterday',
    'until=x',
    'limit=1001',
    'limit=-1',
    'after=x',
    'filter=eventType%20is%20x',
  ])('refuses %s', async (query) => {
    expect((await logs(query)).status).toBe(400);
  });

  it('has an event for each successful write, and none for a refused one', async () => {
    const user = emulators.okta.addUser({ login: 'written@logs.example' });
    const group = emulators.okta.addGroup({ name: 'Written' });
    const app = emulators.okta.apps.add({ label: 'Written' });
    const before = emulators.okta.log.events.length;
    await okta('POST', `/api/v1/users/${user.id}/lifecycle/suspend`);
    await okta('POST', `/api/v1/users/${user.id}/lifecycle/suspend`);
    await okta('PUT', `/api/v1/groups/${group.id}/users/${user.id}`);
    await okta('POST', `/api/v1/apps/${app.id}/users`, { id: user.id });
    await okta('DELETE', `/api/v1/users/${user.id}/sessions`);
    const events = emulators.okta.log.events.slice(before);
    expect(events.map(({ eventType, target }) => [eventType, target.map(({ id }) => id)])).toEqual([
      ['user.lifecycle.suspend', [user.id]],
      ['group.user_membership.add', [user.id, group.id]],
      ['application.user_membership.add', [user.id, app.id]],
      ['user.session.clear', [user.id]],
    ]);
    const filter = encodeURIComponent(
      `eventType eq "user.lifecycle.suspend" and target.id eq "${user.id}"`,
    );
    expect((await logs(`filter=${filter}`)).body).toHaveLength(1);
  });
});

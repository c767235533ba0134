import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWeeklyCheck } from '../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';
const NEXT_YEAR = '2027-03-01';

describe('the weekly check', () => {
  let check: WeeklyCheck;
  beforeEach(async () => {
    check = await startWeeklyCheck();
  });
  afterEach(() => check.close());

  const addUser = (name: string, more: object = {}) =>
    check.emulators.okta.addUser({ login: `${name}@example.com`, created: CREATED, ...more });
  const verdictOf = async (run: string, userId: string) => {
    const user = await check.store.users.get(run, userId);
    return user && { verdict: user.verdict, reason: user.reason, login: user.login };
  };

  it('counts a user whose row cannot be read as unknown, and checks the others', async () => {
    const ann = addUser('ann', { factors: [{ type: 'webauthn' }] });
    const bob = addUser('bob');
    addUser('odd', { raw: { id: 'u-17', status: 'ACTIVE' } });
    const cy = addUser('cy');
    await check.run('week-1');
    cy.raw = { id: cy.id };
    const summary = await check.run('week-2');
    expect(summary).toMatchObject({
      status: 'complete',
      counts: { enumerated: 4, compliant: 1, none: 1, unknown: 2 },
      tickets: { created: 0, kept: 1, closed: 0 },
    });
    expect((await verdictOf('week-2', ann.id))?.verdict).toBe('compliant');
    expect((await verdictOf('week-2', bob.id))?.verdict).toBe('none');
    const reason = expect.stringMatching(/^could not be read: its row/);
    const odd = { verdict: 'unknown', reason, login: 'row 3 of page 1' };
    expect(await verdictOf('week-2', 'page-1-row-3')).toEqual(odd);
    expect(await verdictOf('week-2', cy.id)).toMatchObject({ verdict: 'unknown' });
  });

  it('does not take a user for departed who may be a row without an id', async () => {
    const [ann, bob] = [addUser('ann'), addUser('bob')];
    const { id } = check.emulators.okta.addGroup({ name: 'Scope', members: [ann.id, bob.id] });
    check.configure((settings) => ({ ...settings, groups: [id] }));
    await check.run('week-1');
    bob.raw = null;
    expect(await check.run('week-2')).toMatchObject({ tickets: { kept: 1, departed: 0 } });
    check.emulators.okta.group(id)!.members!.delete(bob.id);
    expect(await check.run('week-3')).toMatchObject({ tickets: { departed: 1 } });
  });

  it.each(['E0000006', 'E0000060'] as const)(
    'accuses nobody who may be exempt through a group that is not served (%s)',
    async (members) => {
      const ann = addUser('ann', { factors: [{ type: 'webauthn' }] });
      const bob = addUser('bob');
      const { id } = check.emulators.okta.addGroup({ name: 'Exempt', refuses: { members } });
      check.configure((settings) => ({
        ...settings,
        privilegedGroups: [id],
        exemptions: [{ group: id, reason: 'robots', owner: 'ops', until: NEXT_YEAR }],
      }));
      const summary = await check.run('week-1');
      expect(summary.tickets.created).toBe(0);
      expect(summary.reasons).toEqual([
        `the members of ${id} could not be read: users without MFA who may be exempt are unknown (exemptions)`,
        `the members of ${id} could not be read: there may be more administrators than listed (twin.privileged_groups)`,
      ]);
      expect((await verdictOf('week-1', ann.id))?.verdict).toBe('compliant');
      expect(await verdictOf('week-1', bob.id)).toMatchObject({
        verdict: 'unknown',
        reason: `may be exempt: the members of group ${id} could not be read`,
      });
    },
  );

  it('reads the other groups of its scope if one of them is refused', async () => {
    const ann = addUser('ann');
    const groups = [
      check.emulators.okta.addGroup({ name: 'Closed', refuses: { members: 'E0000006' } }),
      check.emulators.okta.addGroup({ name: 'Open', members: [ann.id] }),
    ].map(({ id }) => id);
    check.configure((settings) => ({ ...settings, groups }));
    const run = 'week-1';
    await check.act('beginRun', { run });
    const list = (source: number, page: number) =>
      check.act('listPage', { run, source, page, first: true, most: 10 });
    expect(await list(0, 0)).toEqual({
      sizes: [0],
      more: false,
      refused: `forbidden (group ${groups[0]})`,
    });
    expect(await list(1, 1)).toEqual({ sizes: [1], more: false });
    await check.act('checkUsers', { run, page: 1, from: 0, count: 1 });
    const listingLost = `forbidden (group ${groups[0]})`;
    expect(await check.act('conclude', { run, listingLost, ticketsLost: null })).toEqual({
      status: 'incomplete',
      reasons: [`the list of users ended early: ${listingLost}`],
    });
  });
});

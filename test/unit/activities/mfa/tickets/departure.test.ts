import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserRecord } from '../../../../../emulators/okta/model.ts';
import { ticketLabel } from '../../../../../src/mfa/identity.ts';
import { JIRA_EDITION_CASES } from '../../../../support/jira-editions.ts';
import { startWeeklyCheck } from '../../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';

describe.each(JIRA_EDITION_CASES)(
  'the ticket of a user whom a run does not list, on $edition',
  ({ emulator }) => {
    let check: WeeklyCheck;
    let ann: UserRecord;
    let bob: UserRecord;

    beforeEach(async () => {
      check = await startWeeklyCheck({}, emulator);
      [ann, bob] = ['ann', 'bob'].map((name) =>
        check.emulators.okta.addUser({
          login: `${name}@example.com`,
          created: CREATED,
          groups: ['Staff'],
        }),
      ) as [UserRecord, UserRecord];
    });
    afterEach(() => check.close());

    const issueOf = ({ id }: UserRecord) => {
      const label = ticketLabel(new URL(check.emulators.document.okta).host, id);
      return check.emulators.jira.present().find(({ fields }) => fields.labels.includes(label));
    };
    const stateOf = (user: UserRecord) => issueOf(user)?.fields.status.category;
    const okta = () => check.emulators.okta;

    it('who was deactivated is commented and closed, and counted as departed', async () => {
      await check.run('week-1');
      okta().patchUser(ann, { status: 'DEPROVISIONED' });
      const { tickets } = await check.run('week-2');
      expect(tickets).toMatchObject({ departed: 1, closed: 0, kept: 1 });
      expect(tickets.departures).toEqual([{ key: issueOf(ann)?.key, user: ann.id }]);
      expect(stateOf(ann)).toBe('done');
      expect(JSON.stringify(issueOf(ann)?.comments)).toContain('the user was deactivated in Okta');
      expect(stateOf(bob)).toBe('new');
      expect((await check.run('week-3')).tickets).toMatchObject({ departed: 0 });
    });

    it('who was compliant before is told to have left all the same', async () => {
      check.configure((settings) => ({
        ...settings,
        tickets: { ...settings.tickets, closeOnCompliance: false },
      }));
      await check.run('week-1');
      okta().patchUser(ann, { factors: [{ type: 'webauthn' }] });
      await check.run('week-2');
      okta().patchUser(ann, { status: 'DEPROVISIONED' });
      await check.run('week-3');
      expect(stateOf(ann)).toBe('done');
      expect(JSON.stringify(issueOf(ann)?.comments)).toContain('the user was deactivated in Okta');
    });

    it('who was deleted is closed', async () => {
      await check.run('week-1');
      okta().removeUser(ann);
      expect((await check.run('week-2')).tickets).toMatchObject({ departed: 1 });
      expect(stateOf(ann)).toBe('done');
    });

    it.each(['SUSPENDED', 'LOCKED_OUT', 'PASSWORD_EXPIRED'])(
      'who is %s stays open',
      async (status) => {
        await check.run('week-1');
        okta().patchUser(ann, { status });
        expect((await check.run('week-2')).tickets).toMatchObject({ departed: 0, failedCount: 0 });
        expect(stateOf(ann)).toBe('new');
      },
    );

    it('who left the groups of the check is closed', async () => {
      check.configure((settings) => ({ ...settings, groups: ['Staff'] }));
      await check.run('week-1');
      okta().groupNamed('Staff')?.members?.delete(ann.id);
      expect((await check.run('week-2')).tickets).toMatchObject({ departed: 1, kept: 1 });
      expect(stateOf(ann)).toBe('done');
    });

    it('whom another scope covers stays open', async () => {
      await check.run('week-1');
      okta().groupNamed('Staff')?.members?.delete(ann.id);
      check.configure((settings) => ({ ...settings, groups: ['Staff'] }));
      expect((await check.run('week-2')).tickets).toMatchObject({ departed: 0 });
      expect(stateOf(ann)).toBe('new');
    });

    it('stays open if close_on_departure is false', async () => {
      check.configure((settings) => ({
        ...settings,
        tickets: { ...settings.tickets, closeOnDeparture: false },
      }));
      await check.run('week-1');
      okta().patchUser(ann, { status: 'DEPROVISIONED' });
      expect((await check.run('week-2')).tickets).toMatchObject({ departed: 0 });
      expect(stateOf(ann)).toBe('new');
    });
  },
);

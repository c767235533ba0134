import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticketLabel } from '../../../../../src/mfa/identity.ts';
import type { UserRecord } from '../../../../../emulators/okta/model.ts';
import { TICKET_CASES } from '../../../../support/jira-editions.ts';
import { startWeeklyCheck } from '../../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';

describe.each(TICKET_CASES)('tickets that Jira refuses, mode $mode on $edition', (given) => {
  const { mode, emulator } = given;
  let check: WeeklyCheck;
  let users: UserRecord[];

  beforeEach(async () => {
    check = await startWeeklyCheck({}, emulator);
    check.configure((settings) => ({ ...settings, tickets: { ...settings.tickets, mode } }));
    users = ['ann', 'bob', 'cem'].map((name) =>
      check.emulators.okta.addUser({ login: `${name}@example.com`, created: CREATED }),
    );
  });
  afterEach(() => check.close());

  const jira = () => check.emulators.jira;
  const enrol = (user: UserRecord): void =>
    void check.emulators.okta.patchUser(user, { factors: [{ type: 'webauthn' }] });
  const issueOf = ({ id }: UserRecord) => {
    const label = ticketLabel(new URL(check.emulators.document.okta).host, id);
    return jira()
      .present()
      .find(({ fields }) => fields.labels.includes(label));
  };
  const open = (): string[] =>
    jira()
      .present()
      .filter(({ fields }) => fields.status.category !== 'done')
      .map(({ key }) => key);

  it('are listed with the words of Jira, and the run is complete', async () => {
    jira().settings.noMetadata = true;
    jira().settings.customFields = [
      { id: 'customfield_10202', name: 'Cost centre', type: 'string', required: true },
    ];
    const summary = await check.run('week-1');
    expect(summary).toMatchObject({ status: 'complete', reasons: [] });
    expect(summary.tickets.failedCount).toBe(mode === 'bulk' ? 1 : 3);
    expect(summary.tickets.failed[0]).toEqual({
      key: null,
      user: mode === 'bulk' ? null : expect.toBeOneOf(users.map(({ id }) => id)),
      code: 'invalid',
      fields: ['customfield_10202'],
      message: 'customfield_10202: Cost centre is required.',
    });
  });

  it('for a field that is not on the screen are created without it, with one note', async () => {
    jira().settings.noMetadata = true;
    jira().settings.hiddenFields = ['duedate', 'priority'];
    check.configure((settings) => ({
      ...settings,
      tickets: { ...settings.tickets, priority: 'High', dueInMs: 86_400_000 },
    }));
    const summary = await check.run(`hidden-${mode}-${given.edition}`);
    expect(summary.tickets).toMatchObject({ created: mode === 'bulk' ? 1 : 3, failedCount: 0 });
    expect(summary).toMatchObject({
      status: 'complete',
      reasons: [
        'tickets were created without priority and duedate: Jira does not offer it for this issue type',
      ],
    });
    expect(open()).toHaveLength(mode === 'bulk' ? 1 : 3);
    const kinds = await check.store.audit.countByKind(`hidden-${mode}-${given.edition}`);
    expect(kinds).toMatchObject({ 'ticket.refused': 1 });
  });

  it('do not keep the tickets of others from being closed', async () => {
    if (mode === 'bulk') return expect((await check.run('week-1')).tickets.created).toBe(1);
    await check.run('week-1');
    const archived = issueOf(users[0]!);
    jira().settings.archived = [`${archived?.key}`];
    enrol(users[1]!);
    const summary = await check.run('week-2');
    expect(summary.status).toBe('complete');
    expect(summary.tickets).toMatchObject({ closed: 1, kept: 1, failedCount: 1 });
    expect(summary.tickets.failed).toEqual([
      {
        key: archived?.key,
        user: users[0]!.id,
        code: 'invalid',
        fields: [],
        message: 'The issue is archived. You need to restore it before you can edit it.',
      },
    ]);
  });

  it('are found again by a later run once Jira accepts them', async () => {
    jira().settings.refuseComments = true;
    await check.run('week-1');
    const refused = await check.run('week-2');
    expect(refused.status).toBe('complete');
    jira().settings.refuseComments = false;
    const accepted = await check.run('week-3');
    expect(accepted.tickets).toMatchObject({ created: 0, failedCount: 0 });
    expect(open()).toHaveLength(mode === 'bulk' ? 1 : 3);
  });
});

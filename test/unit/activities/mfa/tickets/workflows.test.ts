import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transition } from '../../../../../emulators/jira/model.ts';
import type { UserRecord } from '../../../../../emulators/okta/model.ts';
import { TICKET_CASES } from '../../../../support/jira-editions.ts';
import { startWeeklyCheck } from '../../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';
const done = (name: string) => ({ name, category: 'done' }) as const;

describe.each(TICKET_CASES)('the workflow of a project, mode $mode on $edition', (given) => {
  const { mode, emulator } = given;
  let check: WeeklyCheck;
  let ann: UserRecord;

  beforeEach(async () => {
    check = await startWeeklyCheck({}, emulator);
    check.configure((settings) => ({ ...settings, tickets: { ...settings.tickets, mode } }));
    ann = check.emulators.okta.addUser({ login: 'ann@example.com', created: CREATED });
  });
  afterEach(() => check.close());

  const jira = () => check.emulators.jira;
  const cover = () => check.emulators.okta.patchUser(ann, { factors: [{ type: 'webauthn' }] });
  /** Runs the check until the user is covered, with this workflow; the issue afterwards. */
  async function closeWith(workflow: readonly Transition[], name = 'week-2') {
    jira().settings.workflow = workflow;
    if (name === 'week-2') await check.run('week-1');
    cover();
    const { tickets, status } = await check.run(name);
    return { tickets, status, issue: jira().present()[0]! };
  }

  it('with a resolution and a comment on its screen is followed', async () => {
    const fields = [
      { id: 'resolution', required: true },
      { id: 'comment', required: true },
    ] as const;
    const { tickets, issue } = await closeWith([
      { id: '31', name: 'Done', to: done('Done'), from: ['new'], fields },
    ]);
    expect(tickets).toMatchObject({ closed: 1, failedCount: 0 });
    expect(issue.fields).toMatchObject({ resolution: 'Done', status: { name: 'Done' } });
  });

  it('that needs several steps is followed step by step', async () => {
    const { tickets, issue } = await closeWith([
      { id: '1', name: 'Start', to: { name: 'Working', category: 'indeterminate' }, from: ['new'] },
      {
        id: '2',
        name: 'Review',
        to: { name: 'Reviewing', category: 'indeterminate' },
        from: ['Working'],
      },
      {
        id: '3',
        name: 'Back',
        to: { name: 'Working', category: 'indeterminate' },
        from: ['Reviewing'],
      },
      { id: '4', name: 'Finish', to: done('Finished'), from: ['Reviewing'] },
    ]);
    expect(tickets).toMatchObject({ closed: 1, failedCount: 0 });
    expect(issue.fields.status.name).toBe('Finished');
  });

  it('never takes a refusal for done', async () => {
    const { issue } = await closeWith([
      { id: '1', name: 'Abgelehnt', to: done('Abgelehnt'), from: ['new'] },
      { id: '2', name: 'Erledigt', to: done('Erledigt'), from: ['new'] },
    ]);
    expect(issue.fields.status.name).toBe('Erledigt');
  });

  it('that is unclear leaves the ticket open, and says how to configure it', async () => {
    const { tickets, status, issue } = await closeWith([
      { id: '1', name: 'Park', to: done('Parked'), from: ['new'] },
      { id: '2', name: 'Shelve', to: done('Shelved'), from: ['new'] },
    ]);
    expect(status).toBe('complete');
    expect(issue.fields.status.category).toBe('new');
    expect(tickets).toMatchObject({
      closed: 0,
      failed: [
        { code: 'transition_unclear', message: expect.stringContaining('close.transition') },
      ],
    });
    check.configure((settings) => ({
      ...settings,
      tickets: { ...settings.tickets, close: { ...settings.tickets.close, transition: 'Shelve' } },
    }));
    expect((await check.run('week-3')).tickets).toMatchObject({ closed: 1, failedCount: 0 });
  });

  it('that offers to reopen and refuses it gets a new ticket, linked to the old one', async () => {
    await check.run('week-1');
    cover();
    await check.run('week-2');
    jira().settings.refuseReopen = true;
    check.emulators.okta.patchUser(ann, { factors: [] });
    expect((await check.run('week-3')).tickets).toMatchObject({ created: 1, failedCount: 0 });
    const [old, fresh] = jira().present();
    expect(jira().links).toContainEqual(
      expect.objectContaining({ type: 'Relates', inward: fresh?.key, outward: old?.key }),
    );
  });

  const withTickets = (change: object): void =>
    check.configure((settings) => ({ ...settings, tickets: { ...settings.tickets, ...change } }));
  const commentsOf = (): string =>
    JSON.stringify(
      jira()
        .present()
        .map(({ comments }) => comments.map(({ body }) => body)),
    );
  const CAUSE = {
    id: 'customfield_7',
    name: 'Cause',
    type: 'option',
    required: false,
    options: ['Enrolled', 'Left'],
  } as const;
  const FIELDS = [
    { id: CAUSE.id, required: true, field: CAUSE },
    { id: 'resolution', required: true },
  ];

  it('whose screen has configured fields gets them when a ticket is closed', async () => {
    const close = {
      transition: null,
      preferred: 'Done',
      resolution: null,
      fields: { customfield_7: 'enrolled', customfield_8: 'not on the screen' },
      comment: 'Closed by arx.',
    };
    withTickets({ close });
    const { tickets, issue } = await closeWith([
      { id: '31', name: 'Done', to: done('Done'), from: ['new'], fields: FIELDS },
    ]);
    expect(tickets).toMatchObject({ closed: 1, failedCount: 0 });
    expect(issue.fields).toMatchObject({
      resolution: 'Done',
      custom: { customfield_7: { id: '10300' } },
    });
    expect(commentsOf()).toContain('Closed by arx.');
  });

  it('whose screen requires a field that is not configured names it and its values', async () => {
    const { tickets } = await closeWith([
      { id: '31', name: 'Done', to: done('Done'), from: ['new'], fields: FIELDS },
    ]);
    expect(tickets.failed).toMatchObject([
      { code: 'transition_unclear', message: expect.stringContaining('customfield_7') },
    ]);
    const close = { transition: null, preferred: 'Done', resolution: null, comment: null };
    withTickets({ close: { ...close, fields: { customfield_7: 'Bored' } } });
    expect((await check.run('week-3')).tickets.failed).toMatchObject([
      { message: expect.stringContaining('it takes one of Enrolled, Left') },
    ]);
  });

  it('gets configured fields and a comment when a ticket is reopened', async () => {
    withTickets({
      reopen: {
        transition: null,
        fields: { customfield_7: 'Left' },
        comment: mode === 'bulk' ? 'Open again.' : '{{login}} is {{verdict}} again.',
      },
    });
    await check.run('week-1');
    cover();
    await check.run('week-2');
    jira().settings.workflow = [
      {
        id: '41',
        name: 'Reopen',
        to: { name: 'To Do', category: 'new' },
        from: ['done'],
        fields: [{ id: CAUSE.id, required: true, field: CAUSE }],
      },
    ];
    check.emulators.okta.patchUser(ann, { factors: [] });
    expect((await check.run('week-3')).tickets).toMatchObject({ reopened: 1, failedCount: 0 });
    expect(jira().present()[0]?.fields.custom).toEqual({ customfield_7: { id: '10301' } });
    expect(commentsOf()).toContain(
      mode === 'bulk' ? 'Open again.' : 'ann@example.com is none again.',
    );
    const entries = await check.store.audit.list({ run: 'week-3' });
    expect(JSON.stringify(entries)).not.toContain('ann@example.com');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CustomField } from '../../../../../emulators/jira/model.ts';
import type { CheckSettings } from '../../../../../src/config/schema/check-settings.ts';
import { startWeeklyCheck } from '../../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';
const COST_CENTRE = 'customfield_10202';
const field = (
  id: string,
  type: CustomField['type'],
  more: Partial<CustomField> = {},
): CustomField => ({ id, name: `Name of ${id}`, type, required: false, ...more });

describe.each(['per_user', 'bulk'] as const)('the create screen, mode %s', (mode) => {
  let check: WeeklyCheck;

  beforeEach(async () => {
    check = await startWeeklyCheck();
    withTickets({ mode });
    for (const name of ['ann', 'bob'])
      check.emulators.okta.addUser({
        login: `${name}@example.com`,
        created: CREATED,
        profile: { department: 'Sales' },
      });
  });
  afterEach(() => check.close());

  const jira = () => check.emulators.jira;
  const withTickets = (change: Partial<CheckSettings['tickets']>): void =>
    check.configure((settings) => ({ ...settings, tickets: { ...settings.tickets, ...change } }));
  const custom = () => jira().present()[0]?.fields.custom;
  const kinds = (run: string) => check.store.audit.countByKind(run);

  it('is read before the first ticket, and what it lacks is left out without a refusal', async () => {
    jira().settings.hiddenFields = ['duedate', 'description'];
    withTickets({ fields: { customfield_10999: 'x' } });
    const summary = await check.run('week-1');
    expect(summary.tickets).toMatchObject({ created: mode === 'bulk' ? 1 : 2, failedCount: 0 });
    expect(summary.reasons).toEqual([
      'tickets were created without duedate and description and customfield_10999: Jira does not offer it for this issue type',
    ]);
    expect(await kinds('week-1')).not.toHaveProperty('ticket.refused');
  });

  it('that needs a field which arx does not fill in is named with the remedy, and nothing is written', async () => {
    jira().settings.screens = {
      Task: { customFields: [field(COST_CENTRE, 'string', { required: true })] },
    };
    const summary = await check.run('week-1');
    expect(summary).toMatchObject({
      status: 'complete',
      reasons: [
        'tickets were not created: the create screen needs customfield_10202. Run `arx config check --online`',
      ],
    });
    expect(summary.tickets.failed[0]).toMatchObject({
      code: 'screen_unusable',
      fields: [COST_CENTRE],
      message: `Name of ${COST_CENTRE} (${COST_CENTRE}): it is required, and arx does not fill it in. Set tickets.fields.${COST_CENTRE}.`,
    });
    expect(await kinds('week-1')).not.toHaveProperty('ticket.intended');
    withTickets({ fields: { [COST_CENTRE]: 'Security' } });
    const later = await check.run('week-2');
    expect(later).toMatchObject({ reasons: [], tickets: { failedCount: 0 } });
    expect(custom()).toEqual({ [COST_CENTRE]: 'Security' });
  });

  it('without labels is an error before anything is written', async () => {
    jira().settings.hiddenFields = ['labels'];
    const summary = await check.run('week-1');
    expect(summary.tickets.failed[0]).toMatchObject({
      code: 'screen_unusable',
      fields: ['labels'],
      message: expect.stringContaining('arx finds its tickets by their labels'),
    });
    expect(await kinds('week-1')).not.toHaveProperty('ticket.intended');
  });

  it('takes values of every type, whatever the size of its pages', async () => {
    jira().settings.metadataPage = 2;
    jira().settings.accounts = [
      {
        accountId: '5b10a2844c20165700ede21g',
        displayName: 'Mia',
        emailAddress: null,
        foundBy: 'mia@example.com',
        active: true,
      },
    ];
    jira().settings.customFields = [
      field('customfield_1', 'textarea'),
      field('customfield_2', 'number'),
      field('customfield_3', 'option', { options: ['Red', 'Green'] }),
      field('customfield_4', 'options', { options: ['One', 'Two'] }),
      field('customfield_5', 'date'),
      field('reporter', 'user', { required: true }),
      field('security', 'security', { options: ['Staff'] }),
      field('components', 'components', { options: ['MFA'] }),
    ];
    withTickets({
      fields: {
        customfield_1: 'First\nsecond',
        customfield_2: 7,
        customfield_3: 'green',
        customfield_4: ['10300', 'Two'],
        customfield_5: '2026-12-31',
        reporter: 'mia@example.com',
        security: 'Staff',
        components: ['MFA'],
      },
    });
    expect(await check.run('week-1')).toMatchObject({ reasons: [], tickets: { failedCount: 0 } });
    expect(custom()).toEqual({
      customfield_1: expect.objectContaining({ type: 'doc' }),
      customfield_2: 7,
      customfield_3: { id: '10301' },
      customfield_4: [{ id: '10300' }, { id: '10301' }],
      customfield_5: '2026-12-31',
      reporter: { accountId: '5b10a2844c20165700ede21g' },
      security: { id: '10300' },
      components: [{ id: '10300' }],
    });
  });

  it('that does not take a value gets the ticket without it, and the report says so', async () => {
    jira().settings.customFields = [
      field('customfield_3', 'option', { options: ['Red', 'Green'] }),
      field('customfield_6', 'user'),
      field('reporter', 'user', { required: true, hasDefault: true }),
    ];
    const nobody = 'nobody@example.com';
    withTickets({ fields: { customfield_3: 'Blue', customfield_6: nobody, reporter: nobody } });
    const summary = await check.run('week-1');
    expect(summary.tickets).toMatchObject({ created: mode === 'bulk' ? 1 : 2, failedCount: 0 });
    expect(summary.reasons).toEqual([
      'tickets were created without customfield_3 and customfield_6 and reporter: Jira does not offer it, or does not accept its value. Run `arx config check --online`',
    ]);
    expect(JSON.stringify(summary.reasons)).not.toMatch(/Blue|nobody/);
  });

  it('inserts the data of the user, which stays out of the audit trail', async () => {
    if (mode === 'bulk') return expect((await check.run('week-1')).tickets.created).toBe(1);
    jira().settings.customFields = [field(COST_CENTRE, 'string', { required: true })];
    withTickets({ fields: { [COST_CENTRE]: '{{login}} of {{ department }}: {{verdict}}' } });
    await check.run('week-1');
    expect(
      jira()
        .present()
        .map(({ fields }) => fields.custom?.[COST_CENTRE]),
    ).toEqual(
      expect.arrayContaining(['ann@example.com of Sales: none', 'bob@example.com of Sales: none']),
    );
    const entries = await check.store.audit.list({ run: 'week-1' });
    expect(JSON.stringify(entries)).not.toMatch(/ann@example|of Sales/);
  });

  it('that is not shown leaves the decision to Jira', async () => {
    jira().settings.noMetadata = true;
    jira().settings.customFields = [field(COST_CENTRE, 'string')];
    withTickets({ fields: { [COST_CENTRE]: 'Security' } });
    const summary = await check.run('week-1');
    expect(summary.tickets).toMatchObject({ created: mode === 'bulk' ? 1 : 2, failedCount: 0 });
    expect(summary.reasons).toEqual([
      `tickets were created without ${COST_CENTRE}: Jira does not offer it for this issue type`,
    ]);
  });

  it('and edit screen without a description get the list as a comment', async () => {
    if (mode === 'per_user') return expect((await check.run('week-1')).tickets.created).toBe(2);
    jira().settings.hiddenFields = ['description'];
    await check.run('week-1');
    const comments = (): number =>
      JSON.stringify(jira().present()[0]?.comments).split('bob@example.com: ').length - 1;
    expect(comments()).toBe(1);
    jira().settings.notEditable = ['summary'];
    const summary = await check.run('week-2');
    expect(summary).toMatchObject({ status: 'complete', tickets: { kept: 1, failedCount: 0 } });
    expect(summary.reasons).toEqual([
      'tickets were updated without summary and description: the edit screen does not offer it',
    ]);
    expect(comments()).toBe(2);
  });
});

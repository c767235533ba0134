import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Issue } from '../../../../../emulators/jira/model.ts';
import { directoryWith } from '../../../../support/config.ts';
import { TICKET_CASES } from '../../../../support/jira-editions.ts';
import { startWeeklyCheck } from '../../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';

describe.each(TICKET_CASES)('Jira $edition, mode $mode', ({ edition, emulator, mode }) => {
  let check: WeeklyCheck;
  afterEach(() => check.close());

  const issues = (): Issue[] => check.emulators.jira.present();
  const stateOf = (issue: Issue | undefined) => issue?.fields.status.category;

  it('has a ticket opened, commented, merged with its duplicate, closed and reopened', async () => {
    const log = join(directoryWith({}), 'accept.jsonl');
    check = await startWeeklyCheck({}, { ...emulator, log });
    check.configure((settings) => ({ ...settings, tickets: { ...settings.tickets, mode } }));
    const { okta, jira } = check.emulators;
    const ann = okta.addUser({
      login: 'ann@example.com',
      created: CREATED,
      profile: { department: 'R&D *{color}* [~admin]' },
    });

    const { tickets } = await check.run('week-1');
    expect(tickets).toMatchObject({ created: 1, failedCount: 0 });
    expect(tickets.url).toContain(`${check.emulators.document.jira}/issues/?jql=`);
    const [first] = issues();
    expect(typeof first?.fields.description).toBe(edition === 'Cloud' ? 'object' : 'string');

    const copy = jira.create({ ...first!.fields });
    expect((await check.run('week-2')).tickets).toMatchObject({ created: 0, kept: 1 });
    expect([stateOf(first), stateOf(copy)]).toEqual(['new', 'done']);
    expect(jira.links).toContainEqual(
      expect.objectContaining({ type: 'Duplicate', inward: copy.key, outward: first?.key }),
    );

    okta.patchUser(ann, { factors: [{ type: 'webauthn' }] });
    expect((await check.run('week-3')).tickets).toMatchObject({ closed: 1, failedCount: 0 });
    expect(stateOf(first)).toBe('done');

    okta.patchUser(ann, { factors: [] });
    expect((await check.run('week-4')).tickets).toMatchObject({ reopened: 1, failedCount: 0 });
    expect(stateOf(first)).toBe('new');

    const ofJira = check.emulators.log.entries.filter(({ vendor }) => vendor === 'jira');
    expect(ofJira.length).toBeGreaterThan(10);
    expect(ofJira.filter(({ accepted }) => !accepted)).toEqual([]);
    const version = edition === 'Cloud' ? '/rest/api/3/' : '/rest/api/2/';
    expect(ofJira.filter(({ path }) => !path.startsWith(version))).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWeeklyCheck } from '../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';

describe('a list that leads back to an earlier page', () => {
  let check: WeeklyCheck;
  beforeEach(async () => {
    check = await startWeeklyCheck();
  });
  afterEach(() => check.close());

  const addUsers = (count: number): void => {
    for (let at = 0; at < count; at += 1)
      check.emulators.okta.addUser({ login: `user-${at}@example.com`, created: CREATED });
  };

  it('of Okta users ends with an error instead of going on for ever', async () => {
    addUsers(401);
    Object.assign(check.emulators.okta.settings, { endlessPages: true });
    await check.act('beginRun', { run: 'week-1' });
    const list = (page: number) =>
      check.act('listPage', { run: 'week-1', source: 0, page, first: page === 0, most: 20 });
    const { sizes, more } = await list(0);
    expect(more).toBe(true);
    await expect(list(sizes.length)).rejects.toMatchObject({
      nonRetryable: true,
      type: 'malformed',
      message: expect.stringContaining('the list does not end'),
    });
  });

  it('of Jira issues does not keep a run from its end', async () => {
    addUsers(2);
    await check.run('week-1');
    check.emulators.jira.settings.repeatPageToken = true;
    expect(await check.run('week-2')).toMatchObject({ status: 'complete', tickets: { kept: 2 } });
  });

  it('and rows on two pages do not make a ticket its own duplicate', async () => {
    addUsers(120);
    await check.run('week-1');
    check.emulators.jira.settings.repeatRows = true;
    const before = check.emulators.jira.links.length;
    expect(await check.act('sweepDuplicates', { run: 'week-1' })).toEqual({ duplicates: 0 });
    expect(check.emulators.jira.links).toHaveLength(before);
    const open = check.emulators.jira
      .present()
      .filter(({ fields }) => fields.status.category !== 'done');
    expect(open).toHaveLength(120);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWeeklyCheck } from '../../../support/weekly-check.ts';
import type { WeeklyCheck } from '../../../support/weekly-check.ts';

const CREATED = '2020-01-01T00:00:00.000Z';

describe('the summary message', () => {
  let check: WeeklyCheck;
  beforeEach(async () => {
    check = await startWeeklyCheck();
  });
  afterEach(() => check.close());

  const channel = () => check.emulators.document.slackChannel;
  const messages = () => check.emulators.slack.messages(channel());
  const addUser = (department: string): void =>
    void check.emulators.okta.addUser({
      login: 'ann@example.com',
      created: CREATED,
      profile: { department },
    });

  it('of a department whose name is cut at an emoji is posted', async () => {
    addUser(`${'d'.repeat(59)}😀 and more`);
    expect(await check.run('week-1')).toMatchObject({ status: 'complete', reasons: [] });
    expect(JSON.stringify(messages()[0]?.blocks)).toContain('dddd…');
  });

  it('that Slack refuses is listed with its word, and the run ends', async () => {
    addUser('Sales');
    const found = check.emulators.slack.channels.find(({ id }) => id === channel());
    Object.assign(found!, { isArchived: true });
    const summary = await check.run('week-1');
    expect(summary).toMatchObject({
      status: 'complete',
      slack: null,
      slackFailed: { channel: channel(), code: 'conflict', message: 'is_archived' },
      reasons: ['the Slack summary could not be posted'],
    });
    expect(summary.tickets.created).toBe(1);
  });

  it('that arx itself refuses to send does not end the run', async () => {
    addUser('Sales');
    check.configure((settings) => ({ ...settings, slackChannel: 'not a channel' }));
    expect(await check.run('week-1')).toMatchObject({
      status: 'complete',
      slackFailed: { code: 'invalid_argument', message: null },
    });
  });

  it('of a failed run is posted after the run is closed, and then named in it', async () => {
    addUser('Sales');
    const end = { run: 'week-1', status: 'failed', reasons: ['unexpected'] } as const;
    await check.act('beginRun', { run: 'week-1' });
    await check.act('finishRun', { ...end, reasons: [...end.reasons] });
    const before = await check.store.runs.get('week-1');
    expect(before).toMatchObject({ status: 'failed', summary: { slack: null } });
    await check.act('postSummary', { ...end, reasons: [...end.reasons] });
    const after = await check.store.runs.get('week-1');
    expect(after?.finishedAt).toBe(before?.finishedAt);
    expect(after?.summary).toMatchObject({ slack: { ts: messages()[0]?.ts } });
  });
});

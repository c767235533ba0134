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

  it('links to the site if Jira is reached by the gateway', async () => {
    await check.close();
    const jiraPath = '/ex/jira/11111111-2222-3333-4444-555555555555';
    check = await startWeeklyCheck({}, { jiraPath });
    addUser('Sales');
    const { tickets, status } = await check.run('week-1');
    expect(status).toBe('complete');
    const site = check.emulators.document.jira.replace(jiraPath, '');
    expect(tickets.url).toMatch(new RegExp(`^${site}/issues/\\?jql=`));
    expect((await fetch(`${tickets.url}`)).status).toBe(200);
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

describe('the checkpoint of the audit trail', () => {
  const NOTE = 'arx/example.okta.com\n12\nroot=\n\n— arx/example.okta.com signature=\n';
  let signed = 0;
  let check: WeeklyCheck;
  beforeEach(async () => {
    signed = 0;
    const checkpoint = async () => {
      signed += 1;
      return { note: `${NOTE}${signed}`, size: 12, root: 'root' };
    };
    check = await startWeeklyCheck({ checkpoint });
    check.emulators.okta.addUser({ login: 'ann@example.com', created: CREATED });
  });
  afterEach(() => check.close());

  const slack = () => check.emulators.slack;
  const messages = () => slack().messages(check.emulators.document.slackChannel);
  const replies = () => slack().replies(`${messages()[0]?.ts}`);
  const postAgain = () =>
    check.act('postSummary', { run: 'week-1', status: 'complete', reasons: [] });

  it('is a reply to the message of the run, not a part of it', async () => {
    await check.run('week-1');
    expect(messages()).toHaveLength(1);
    expect(JSON.stringify(messages())).not.toContain('signature=');
    expect(replies()).toHaveLength(1);
    expect(replies()[0]?.blocks).toMatchObject([{ text: { text: expect.stringContaining(NOTE) } }]);
    expect(await check.store.audit.countByKind('week-1')).toMatchObject({
      'summary.posted': 1,
      'summary.checkpoint': 1,
    });
  });

  it('is posted once, also if the activity is repeated after a restart', async () => {
    await check.run('week-1');
    await postAgain();
    expect([messages().length, replies().length]).toEqual([1, 1]);
  });

  it('is posted once if the answer of Slack is lost', async () => {
    check.emulators.faults.add({
      vendor: 'slack',
      pathPattern: 'chat.postMessage',
      kind: 'reset',
      moment: 'after',
      after: 1,
      times: 1,
    });
    const summary = await check.run('week-1');
    expect(summary.reasons).toEqual([]);
    await postAgain();
    expect([messages().length, replies().length]).toEqual([1, 1]);
  });

  it('is posted once if the worker ends before it is recorded', async () => {
    await check.run('week-1');
    const id = 'week-1/checkpoint';
    const row = await check.store.messages.get(id);
    await check.store.messages.put(null, { ...row!, state: 'intended', ts: null });
    await postAgain();
    expect(replies()).toHaveLength(1);
    expect(await check.store.messages.get(id)).toMatchObject({ state: 'posted', ts: row?.ts });
  });

  it('that Slack refuses is listed, and the message stays', async () => {
    check.emulators.faults.add({
      vendor: 'slack',
      pathPattern: 'chat.postMessage',
      kind: 'status',
      status: 200,
      body: { ok: false, error: 'restricted_action_non_threadable_channel' },
      after: 1,
    });
    const summary = await check.run('week-1');
    expect(summary.reasons).toEqual(['the audit checkpoint could not be posted to Slack']);
    expect(summary.slack).toMatchObject({ ts: messages()[0]?.ts });
    expect(replies()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';

let emulators: RunningEmulators;
let channel: string;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
  channel = emulators.document.slackChannel;
});
afterAll(() => emulators.close());

/** In the SDK's format: a form whose nested values are JSON text. */
async function slack(
  method: string,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const headers = { authorization: `Bearer ${emulators.document.tokens.slack}` };
  const answer = await fetch(emulators.document.slack + method, {
    method: 'POST',
    headers,
    body: form,
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

const section = (text: string): Record<string, unknown> => ({
  type: 'section',
  text: { type: 'mrkdwn', text },
});
const metadata = { event_type: 'arx_run', event_payload: { run: 'r1' } };

describe('posting', () => {
  it('accepts a channel by id and by name, and keeps blocks and metadata', async () => {
    const byName = await slack('chat.postMessage', {
      channel: '#security-mfa',
      text: 'one',
      blocks: [section('b')],
      metadata,
    });
    const byId = await slack('chat.postMessage', { channel, text: 'two' });
    expect([byName.channel, byId.channel]).toEqual([channel, channel]);
    expect(Number(byId.ts)).toBeGreaterThan(Number(byName.ts));
    expect(emulators.slack.messages(channel)).toMatchObject([
      { text: 'one', blocks: [section('b')], metadata },
      { text: 'two' },
    ]);
    expect(emulators.log.entries.at(-1)).toMatchObject({
      operation: 'chat:write',
      write: true,
      accepted: true,
    });
  });

  const REFUSED: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['an unknown channel', { channel: 'C0NOWHERE', text: 'x' }, 'channel_not_found'],
    ['a channel one is not in', { channel: '#general', text: 'x' }, 'not_in_channel'],
    ['nothing', {}, 'no_text'],
    ['too much text', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    [
      'more than fifty blocks',
      { text: 'x', blocks: Array.from({ length: 51 }, () => section('b')) },
      'invalid_blocks',
    ],
    [
      'a block of more than 3000 characters',
      { text: 'x', blocks: [section('x'.repeat(3001))] },
      'invalid_blocks',
    ],
    ['an empty block', { text: 'x', blocks: [section('')] }, 'invalid_blocks'],
    ['a block of no type', { text: 'x', blocks: [{ type: 'marquee' }] }, 'invalid_blocks'],
    ['blocks that are no list', { text: 'x', blocks: 'none' }, 'invalid_blocks_format'],
    ['metadata of another form', { text: 'x', metadata: { run: 1 } }, 'invalid_metadata_format'],
  ];
  it.each(REFUSED)('refuses %s', async (_, given, error) => {
    const known = emulators.slack.messages(channel).length;
    expect(await slack('chat.postMessage', { channel, ...given })).toMatchObject({
      ok: false,
      error,
    });
    expect(emulators.slack.messages(channel)).toHaveLength(known);
    expect(emulators.log.entries.at(-1)).toMatchObject({
      write: true,
      accepted: false,
      status: 200,
    });
  });
});

describe('editing', () => {
  it('replaces the message and keeps its metadata', async () => {
    const { ts } = await slack('chat.postMessage', { channel, text: 'before', metadata });
    expect(await slack('chat.update', { channel, ts, text: 'after' })).toMatchObject({
      ok: true,
      ts,
      text: 'after',
    });
    const found = emulators.slack.messages(channel).filter((message) => message.ts === ts);
    expect(found).toMatchObject([{ text: 'after', metadata }]);
  });

  it('needs the id of the channel, and a message that exists', async () => {
    expect(
      await slack('chat.update', { channel: '#security-mfa', ts: '1.1', text: 'x' }),
    ).toMatchObject({
      error: 'channel_not_found',
    });
    expect(await slack('chat.update', { channel, ts: '1.1', text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
  });
});

describe('history', () => {
  it('is newest first, paged, from a timestamp on, with metadata on request', async () => {
    const { ts: from } = await slack('chat.postMessage', { channel, text: 'mark' });
    for (const text of ['h1', 'h2', 'h3'])
      await slack('chat.postMessage', { channel, text, metadata });
    const page = async (more: Record<string, unknown>) =>
      (await slack('conversations.history', { channel, oldest: from, limit: '2', ...more })) as {
        messages: { text: string; metadata?: unknown }[];
        has_more: boolean;
        response_metadata?: { next_cursor: string };
      };
    const first = await page({});
    const second = await page({
      cursor: first.response_metadata?.next_cursor,
      include_all_metadata: 'true',
    });
    expect([first, second].map(({ messages }) => messages.map(({ text }) => text))).toEqual([
      ['h3', 'h2'],
      ['h1'],
    ]);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expect(first.messages[0]).not.toHaveProperty('metadata');
    expect(second.messages[0]?.metadata).toEqual(metadata);
    expect(await slack('conversations.history', { channel, cursor: 'bogus' })).toMatchObject({
      error: 'invalid_cursor',
    });
  });
});

describe('tokens and scopes', () => {
  it('names the scopes, and the missing one', async () => {
    emulators.slack.settings.scopes = ['chat:write'];
    const headers = { authorization: `Bearer ${emulators.document.tokens.slack}` };
    const answer = await fetch(`${emulators.document.slack}auth.test`, { method: 'POST', headers });
    expect(answer.headers.get('x-oauth-scopes')).toBe('chat:write');
    expect(await slack('conversations.history', { channel })).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history',
    });
    expect(await slack('no.such', {})).toMatchObject({ error: 'unknown_method' });
  });
});

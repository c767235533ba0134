import { afterAll, beforeAll, describe, expect } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { itWithReference, readReference } from '../support/reference.ts';
import { shapeGaps } from '../support/shape.ts';
import { slackCalls } from '../support/vendor-calls.ts';
import type { PlainCall } from '../support/vendor-calls.ts';

type Examples = Record<
  string,
  Record<string, { examples: { 'application/json': unknown }; errors: string[] | null }>
>;

const examples = (): Examples => readReference<Examples>('slack', 'spec-examples.json');
let emulators: RunningEmulators;
let slack: PlainCall;
let ts: string;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
  slack = slackCalls(emulators.document);
  const posted = await slack('POST', 'chat.postMessage', {
    channel: emulators.document.slackChannel,
    text: 'first',
  });
  ({ ts } = posted.body as { ts: string });
});
afterAll(() => emulators.close());

/**
 * Fields of users' messages, attachments and members in the 2021 examples, which those of a bot
 * lack.
 */
const OPTIONAL = [
  '/message/attachments',
  '/message/subtype',
  '/message/username',
  '/channel/last_read',
  '/channel/locale',
  '/channel/is_read_only',
  '/channel/parent_conversation',
  '/channel/previous_names',
];
const channel = (): string => emulators.document.slackChannel;
const CALLS: readonly (readonly [string, () => Record<string, unknown>])[] = [
  ['POST /chat.postMessage', () => ({ channel: channel(), text: 'hello' })],
  ['POST /chat.update', () => ({ channel: channel(), ts, text: 'changed' })],
  ['GET /auth.test', () => ({})],
  ['GET /conversations.list', () => ({ limit: 2 })],
  ['GET /conversations.info', () => ({ channel: channel() })],
];

describe('the emulated Slack, against the examples of the specification', () => {
  itWithReference.for(CALLS)('%s: every field of the example', async ([name, argumentsOf]) => {
    const answer = await slack('POST', name.replace(/^\w+ \//, ''), argumentsOf());
    expect(answer.status).toBe(200);
    expect(
      shapeGaps(examples()[name]?.['200']?.examples['application/json'], answer.body, OPTIONAL),
    ).toEqual([]);
  });

  const refusals: readonly (readonly [string, string, () => Record<string, unknown>])[] = [
    ['POST /chat.postMessage', 'channel_not_found', () => ({ channel: 'C0NOWHERE', text: 'x' })],
    ['POST /chat.postMessage', 'not_in_channel', () => ({ channel: '#general', text: 'x' })],
    [
      'POST /chat.postMessage',
      'msg_too_long',
      () => ({ channel: channel(), text: 'x'.repeat(40_001) }),
    ],
    ['POST /chat.postMessage', 'no_text', () => ({ channel: channel() })],
    [
      'POST /chat.update',
      'message_not_found',
      () => ({ channel: channel(), ts: '1.000001', text: 'x' }),
    ],
    ['GET /conversations.info', 'channel_not_found', () => ({ channel: 'C0NOWHERE' })],
  ];
  itWithReference.for(refusals)(
    '%s refuses with %s, an error that the specification names',
    async ([name, error, argumentsOf]) => {
      const answer = await slack('POST', name.replace(/^\w+ \//, ''), argumentsOf());
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ ok: false, error });
      expect(examples()[name]?.default?.errors).toContain(error);
    },
  );

  itWithReference(
    'refuses an unknown token and a missing one as the specification names it',
    async () => {
      const { tokens, ...rest } = emulators.document;
      const stranger = slackCalls({ ...rest, tokens: { ...tokens, slack: 'xoxb-wrong' } });
      const named = examples()['GET /auth.test']?.default?.errors;
      expect((await stranger('POST', 'auth.test')).body).toEqual({
        ok: false,
        error: 'invalid_auth',
      });
      expect(await (await fetch(`${emulators.document.slack}auth.test`)).json()).toEqual({
        ok: false,
        error: 'not_authed',
      });
      expect(named).toEqual(expect.arrayContaining(['invalid_auth', 'not_authed']));
    },
  );
});

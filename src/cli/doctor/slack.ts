import { requireSlack } from '../../config/env/vendors.ts';
import { attempt, bad, fine } from './check.ts';
import type { CheckResult } from './check.ts';
import { slackButtonChecks } from './slack-buttons.ts';
import type { Bench } from './vendors.ts';

const REMEDIES = {
  unauthenticated: 'Install the Slack app again and set SLACK_BOT_TOKEN to its bot token (xoxb-…).',
  forbidden:
    'Give the Slack app the scopes chat:write and channels:history (groups:history for a private channel).',
};
const HISTORY = ['channels:history', 'groups:history'];

const CHANNEL_ID = /^[CG][A-Z0-9]{6,}$/;
/** What lists every channel by name; a run needs neither. */
const LISTING = ['channels:read', 'groups:read'];
const BY_ID =
  'Set SLACK_CHANNEL (or slack.channel) to the id of a channel that the bot is in, such as C0123456789.';

/** Whose token it is, its scopes, and the channel of the summary. */
export async function* slackChecks(bench: Bench): AsyncGenerator<CheckResult> {
  const { settings, connectors, about } = bench;
  let scopes: string[] | null = null;
  yield await attempt(
    'slack auth',
    async () => {
      const { output } = await connectors.slack('auth:test', {}, about('auth'));
      scopes = output.scopes;
      return `bot ${output.user} in ${output.team}`;
    },
    REMEDIES,
  );
  yield await attempt('slack scopes', () => scopesCheck(scopes));
  const channel = settings.config.slack.channel ?? requireSlack(settings.arx).channel;
  if (channel === null) yield bad('slack channel', 'none is named', BY_ID);
  else
    yield await (CHANNEL_ID.test(channel)
      ? channelById(bench, channel)
      : channelByName(bench, channel, scopes ?? []));
  yield* slackButtonChecks(settings, scopes);
}

/** Its history proves the channel and the membership, with the scopes that a run needs anyway. */
const channelById = ({ connectors, about }: Bench, channel: string): Promise<CheckResult> =>
  attempt(
    'slack channel',
    async () => {
      await connectors.slack('history:read', { channel, limit: 1 }, about('channel'));
      return `${channel}, its history is readable`;
    },
    {
      ...REMEDIES,
      forbidden: `Invite the bot (/invite it in the channel), and give the Slack app channels:history, or groups:history for a private channel.`,
      not_found: `${BY_ID} A private channel needs groups:history and the bot in it.`,
    },
  );

/**
 * A name is looked up in the list of channels, which takes a scope of its own; without it nothing
 * is known.
 */
async function channelByName(
  { connectors, about }: Bench,
  channel: string,
  scopes: string[],
): Promise<CheckResult> {
  const checked = await attempt(
    'slack channel',
    async () => {
      const { output } = await connectors.slack('channels:read', { channel }, about('channel'));
      if (output.isMember) return `#${output.name} (${output.id})`;
      return bad(
        'slack channel',
        `the bot is not in #${output.name}`,
        `Invite it: /invite it in #${output.name}.`,
      );
    },
    { ...REMEDIES, not_found: BY_ID },
  );
  const looked = LISTING.every((scope) => scopes.includes(scope));
  if (checked.code !== 'forbidden' && (checked.code !== 'not_found' || looked)) return checked;
  return fine(
    'slack channel',
    `not checked: the name ${channel} cannot be looked up without channels:read (groups:read for a private channel); ` +
      'the id of the channel is better, and needs neither',
  );
}

function scopesCheck(scopes: string[] | null): string | CheckResult {
  if (scopes === null)
    return bad('slack scopes', 'not tried: the token does not work', 'Make the token work first.');
  const missing = [
    ...(scopes.includes('chat:write') ? [] : ['chat:write']),
    ...(HISTORY.some((scope) => scopes.includes(scope)) ? [] : [HISTORY.join(' or ')]),
  ];
  if (missing.length === 0) return scopes.join(', ');
  return bad(
    'slack scopes',
    `missing: ${missing.join(', ')}`,
    'Add them to the Slack app and install it again.',
  );
}

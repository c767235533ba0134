import { requireSlack } from '../../config/env/vendors.ts';
import { slackRemedy } from '../../mfa/refusal-words.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { slackButtonChecks } from './slack-buttons.ts';
import type { VendorCheckContext } from './vendors.ts';
import type { SlackOperations } from '../../connectors/types.ts';

type Channel = SlackOperations['channels:read']['output'];

const REMEDIES = {
  unauthenticated: 'Install the Slack app again and set SLACK_BOT_TOKEN to its bot token (xoxb-…).',
  forbidden:
    'Give the Slack app the scopes chat:write and channels:history (groups:history for a private channel).',
};
const HISTORY = ['channels:history', 'groups:history'];

const CHANNEL_ID = /^[CG][A-Z0-9]{6,}$/;
/** Scopes that list channels by name; a run does not need them. */
const LISTING = ['channels:read', 'groups:read'];
const BY_ID =
  'Set SLACK_CHANNEL (or slack.channel) to the id of a channel that the bot is a member of, for example C0123456789.';

/** The owner of the token, its scopes, and the channel of the summary. */
export async function* slackChecks(context: VendorCheckContext): AsyncGenerator<CheckResult> {
  const { settings, connectors, callContext } = context;
  let scopes: string[] | null = null;
  yield await attempt(
    'slack auth',
    async () => {
      const { output } = await connectors.slack('auth:test', {}, callContext('auth'));
      scopes = output.scopes;
      return `bot ${output.user} in ${output.team}`;
    },
    REMEDIES,
  );
  yield await attempt('slack scopes', () => scopesCheck(scopes));
  const channel = settings.config.slack.channel ?? requireSlack(settings.arx).channel;
  if (channel === null) yield fail('slack channel', 'no channel is set', BY_ID);
  else
    yield await (CHANNEL_ID.test(channel)
      ? channelById(context, channel, scopes ?? [])
      : channelByName(context, channel, scopes ?? []));
  yield* slackButtonChecks(settings, scopes);
}

/**
 * Reading the history proves that the channel exists and the bot is a member, with scopes that a
 * run needs anyway.
 */
const channelById = (
  { connectors, callContext }: VendorCheckContext,
  channel: string,
  scopes: string[],
): Promise<CheckResult> =>
  attempt(
    'slack channel',
    async () => {
      await connectors.slack('history:read', { channel, limit: 1 }, callContext('channel'));
      if (!LISTING.some((scope) => scopes.includes(scope)))
        return `${channel}, its history is readable`;
      const { output } = await connectors.slack(
        'channels:read',
        { channel },
        callContext('channel'),
      );
      return problemOf(output) ?? `#${output.name} (${output.id}), its history is readable`;
    },
    {
      ...REMEDIES,
      forbidden:
        'Invite the bot with /invite in the channel, and give the Slack app channels:history, or groups:history for a private channel.',
      not_found: `${BY_ID} For a private channel the bot must be a member and needs groups:history.`,
    },
  );

/** Why a run could not post to the channel; null if nothing is known to be wrong. */
function problemOf({ name, isMember, isArchived }: Channel): CheckResult | null {
  if (isArchived) return fail('slack channel', `#${name} is archived`, slackRemedy('is_archived'));
  return isMember
    ? null
    : fail('slack channel', `the bot is not in #${name}`, `Invite it with /invite in #${name}.`);
}

/**
 * Looking up a name in the list of channels takes an extra scope; without it the result is unknown.
 */
async function channelByName(
  { connectors, callContext }: VendorCheckContext,
  channel: string,
  scopes: string[],
): Promise<CheckResult> {
  const checked = await attempt(
    'slack channel',
    async () => {
      const { output } = await connectors.slack(
        'channels:read',
        { channel },
        callContext('channel'),
      );
      return problemOf(output) ?? `#${output.name} (${output.id})`;
    },
    { ...REMEDIES, not_found: BY_ID },
  );
  const canList = LISTING.every((scope) => scopes.includes(scope));
  if (checked.code !== 'forbidden' && (checked.code !== 'not_found' || canList)) return checked;
  return pass(
    'slack channel',
    `not checked: the name ${channel} cannot be looked up without channels:read (groups:read for a private channel); ` +
      'use the id of the channel instead, which needs neither scope',
  );
}

function scopesCheck(scopes: string[] | null): string | CheckResult {
  if (scopes === null)
    return fail('slack scopes', 'not tried: the token does not work', 'Make the token work first.');
  const missing = [
    ...(scopes.includes('chat:write') ? [] : ['chat:write']),
    ...(HISTORY.some((scope) => scopes.includes(scope)) ? [] : [HISTORY.join(' or ')]),
  ];
  if (missing.length === 0) return scopes.join(', ');
  return fail(
    'slack scopes',
    `missing: ${missing.join(', ')}`,
    'Add them to the Slack app and install it again.',
  );
}

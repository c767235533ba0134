import { requireSlack } from '../../config/env/vendors.ts';
import { SLACK_REMEDIES, slackRemedy } from '../../mfa/refusal-words.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { slackButtonChecks } from './slack-buttons.ts';
import type { VendorCheckContext } from './vendors.ts';
import type { SlackOperations } from '../../connectors/types.ts';

type Channel = SlackOperations['channels:read']['output'];
type Identity = SlackOperations['auth:test']['output'];

const REMEDIES = {
  ...SLACK_REMEDIES,
  unauthenticated: 'Install the Slack app again and set SLACK_BOT_TOKEN to its bot token (xoxb-…).',
  forbidden:
    'Give the Slack app the scopes chat:write and channels:history (groups:history for a private channel).',
  missing_scope:
    'Give the Slack app the scopes chat:write and channels:history (groups:history for a private channel).',
  malformed: 'Set SLACK_API_URL to https://slack.com/api/, or remove it: something else answers.',
  unavailable: 'Check that this machine can reach slack.com, and SLACK_API_URL if it is set.',
  rate_limited: 'Slack limits the calls of the app: wait a minute and try again.',
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
      return identityCheck(output);
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

/** Whether the token belongs to a bot of one workspace. */
function identityCheck({ botId, isForOrg, user, team }: Identity): string | CheckResult {
  if (botId === null)
    return fail(
      'slack auth',
      `the token belongs to the user ${user}, not to a bot`,
      slackRemedy('not_allowed_token_type'),
    );
  const detail = `bot ${user} in ${team}`;
  if (!isForOrg) return detail;
  return {
    ...pass('slack auth', `${detail}, a token for a whole organisation`),
    remedy: slackRemedy('team_access_not_granted'),
  };
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
      not_in_channel: 'Invite the bot with /invite in the channel.',
      missing_scope:
        'Give the Slack app channels:history, or groups:history for a private channel, and install it again.',
      channel_not_found: `${BY_ID} For a private channel the bot must be a member and needs groups:history.`,
    },
  );

/** Why a run could not post to the channel; null if nothing is known to be wrong. */
function problemOf({ name, isMember, isArchived, isReadOnly }: Channel): CheckResult | null {
  if (isArchived) return fail('slack channel', `#${name} is archived`, slackRemedy('is_archived'));
  if (isReadOnly)
    return fail(
      'slack channel',
      `#${name} is read-only for the bot`,
      slackRemedy('restricted_action_read_only_channel'),
    );
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
    { ...REMEDIES, not_found: BY_ID, channel_not_found: BY_ID },
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

import { requireSlack } from '../../config/vendors.ts';
import { attempt, bad } from './check.ts';
import type { CheckResult } from './check.ts';
import type { Bench } from './vendors.ts';

const REMEDIES = {
  unauthenticated: 'Install the Slack app again and set SLACK_BOT_TOKEN to its bot token (xoxb-…).',
  forbidden: 'Give the Slack app the scopes chat:write and channels:history (groups:history for a private channel).',
};
const HISTORY = ['channels:history', 'groups:history'];

/** Whose token it is, its scopes, and the channel of the summary. */
export async function* slackChecks({ settings, connectors: { slack }, about }: Bench): AsyncGenerator<CheckResult> {
  let scopes: string[] | null = null;
  yield await attempt(
    'slack auth',
    async () => {
      const { output } = await slack('auth:test', {}, about('auth'));
      scopes = output.scopes;
      return `bot ${output.user} in ${output.team}`;
    },
    REMEDIES,
  );
  yield await attempt('slack scopes', () => scopesCheck(scopes));
  const channel = settings.config.slack.channel ?? requireSlack(settings.arx).channel;
  yield await attempt(
    'slack channel',
    async () => {
      if (channel === null)
        return bad('slack channel', 'none is named', 'Set SLACK_CHANNEL, or slack.channel in the configuration.');
      const { output } = await slack('channels:read', { channel }, about('channel'));
      if (output.isMember) return `#${output.name} (${output.id})`;
      return bad('slack channel', `the bot is not in #${output.name}`, `Invite it: /invite it in #${output.name}.`);
    },
    { ...REMEDIES, not_found: 'Set SLACK_CHANNEL to a channel that the bot can see, best by its id.' },
  );
}

function scopesCheck(scopes: string[] | null): string | CheckResult {
  if (scopes === null) return bad('slack scopes', 'not tried: the token does not work', 'Make the token work first.');
  const missing = [
    ...(scopes.includes('chat:write') ? [] : ['chat:write']),
    ...(HISTORY.some((scope) => scopes.includes(scope)) ? [] : [HISTORY.join(' or ')]),
  ];
  if (missing.length === 0) return scopes.join(', ');
  return bad('slack scopes', `missing: ${missing.join(', ')}`, 'Add them to the Slack app and install it again.');
}

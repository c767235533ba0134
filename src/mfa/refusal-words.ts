/** What people should do about the refusals that they meet most often, for reports and the doctor. */

/** Slack's error names, with what is wrong and the remedy. */
export const SLACK_REMEDIES: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the bot to the channel.',
  channel_not_found: 'Check the channel; invite the bot if the channel is private.',
  is_archived: 'The channel is archived: unarchive it, or configure another one.',
  restricted_action: 'Only some people may post to the channel: allow the bot, or choose another.',
  restricted_action_read_only_channel: 'The channel is read-only: choose another one.',
  restricted_action_thread_only_channel: 'The channel allows replies only: choose another one.',
  restricted_action_non_threadable_channel: 'The channel does not allow this: choose another one.',
  team_access_not_granted:
    'The token is for an organisation: install the app in the workspace of the channel, and use the bot token of that workspace.',
  missing_argument:
    'The token is for an organisation: install the app in the workspace of the channel, and use the bot token of that workspace.',
  org_login_required: 'The workspace is being migrated: try again later.',
  team_not_found: 'The workspace was not found: create a new token.',
  missing_scope: 'Add the scope chat:write to the Slack app, and install it again.',
  not_allowed_token_type: 'Use a bot token (xoxb-…).',
  invalid_auth: 'Create a new bot token.',
  token_revoked: 'The token was revoked: create a new bot token.',
  token_expired: 'The token has expired: create a new bot token.',
  account_inactive: 'The bot was removed from the workspace: install the app again.',
  msg_too_long: 'Report this as a defect: the message was too long.',
  invalid_blocks: 'Report this as a defect: Slack refused the form of the message.',
};

/** What to do about a refusal with this error name of Slack. */
export const slackRemedy = (name: string): string =>
  (Object.hasOwn(SLACK_REMEDIES, name) ? SLACK_REMEDIES[name] : undefined) ??
  'Run `arx doctor` to check the token and the channel.';

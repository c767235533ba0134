import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { argumentsOf, slackError, slackOk, textArgument } from './answers.ts';
import { readContent } from './content.ts';
import type { SlackMessageRecord, SlackWorkspace } from './workspace.ts';
import { BOT, TEAM } from './workspace.ts';

/** Posting and editing messages. */
export function chatRoutes(workspace: SlackWorkspace): Route[] {
  const route = { method: 'POST', write: true, scope: 'chat:write' };
  return [
    {
      ...route,
      path: '/api/chat.postMessage',
      operation: 'chat:write',
      handle: (request) => post(workspace, request),
    },
    {
      ...route,
      path: '/api/chat.update',
      operation: 'chat:update',
      handle: (request) => update(workspace, request),
    },
  ];
}

function post(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  const channel = workspace.channel(textArgument(given, 'channel') ?? '');
  if (!channel) return slackError('channel_not_found');
  if (channel.isArchived) return slackError('is_archived');
  if (!channel.isMember) return slackError('not_in_channel');
  if (channel.isReadOnly) return slackError('restricted_action_read_only_channel');
  const content = readContent(given);
  if ('error' in content) return refusal(content);
  const threadTs = textArgument(given, 'thread_ts');
  if (threadTs !== null && !workspace.messages(channel.id).some(({ ts }) => ts === threadTs))
    return slackError('thread_not_found');
  const message = workspace.post(channel.id, { ...content, threadTs });
  const effect = { channel: channel.id, ts: message.ts };
  return {
    ...slackOk({ channel: channel.id, ts: message.ts, message: renderMessage(message, true) }),
    effect,
  };
}

function update(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  // Only posting accepts channel names; an edit needs the channel's id.
  const channel = workspace.channels.find(({ id }) => id === given.channel);
  if (!channel) return slackError('channel_not_found');
  const message = workspace.messages(channel.id).find(({ ts }) => ts === String(given.ts));
  if (!message) return slackError('message_not_found');
  const content = readContent(given);
  if ('error' in content) return refusal(content);
  Object.assign(message, content, {
    metadata: content.metadata ?? message.metadata,
    editedTs: workspace.nextTs(),
  });
  const { ts, text } = message;
  return {
    ...slackOk({ channel: channel.id, ts, text, message: renderMessage(message, true) }),
    effect: { channel: channel.id, ts },
  };
}

function refusal({ error, messages }: { error: string; messages?: string[] }): Answer {
  return slackError(error, messages ? { errors: messages, response_metadata: { messages } } : {});
}

/** A message in Slack's format; metadata only on request. */
export function renderMessage(message: SlackMessageRecord, withMetadata: boolean): Json {
  return {
    user: BOT.userId,
    type: 'message',
    ts: message.ts,
    bot_id: BOT.botId,
    app_id: BOT.appId,
    text: message.text,
    team: TEAM.id,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.editedTs ? { edited: { user: BOT.userId, ts: message.editedTs } } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
}

import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { argumentsOf, flagArgument, slackError, slackOk, textArgument } from './answers.ts';
import { renderMessage } from './chat.ts';
import type { SlackChannel, SlackMessageRecord, SlackWorkspace } from './workspace.ts';
import { BOT } from './workspace.ts';

/** Channels and their history. Slack accepts these as GET and POST. */
export function conversationRoutes(workspace: SlackWorkspace): Route[] {
  return ['GET', 'POST'].flatMap(
    (method) =>
      [
        {
          method,
          path: '/api/conversations.history',
          operation: 'history:read',
          scope: 'channels:history',
          handle: (request) => history(workspace, request),
        },
        {
          method,
          path: '/api/conversations.replies',
          operation: 'history:read',
          scope: 'channels:history',
          handle: (request) => replies(workspace, request),
        },
        {
          method,
          path: '/api/conversations.info',
          operation: 'channels:read',
          scope: 'channels:read',
          handle: (request) => info(workspace, request),
        },
        {
          method,
          path: '/api/conversations.members',
          operation: 'channels:members',
          scope: 'channels:read',
          handle: (request) => members(workspace, request),
        },
        {
          method,
          path: '/api/conversations.list',
          operation: 'channels:read',
          scope: 'channels:read',
          handle: (request) => list(workspace, request),
        },
      ] satisfies Route[],
  );
}

function history(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  const channel = workspace.channels.find(({ id }) => id === given.channel);
  if (!channel) return slackError('channel_not_found');
  if (!channel.isMember) return slackError('not_in_channel');
  const offset = offsetOf(textArgument(given, 'cursor'));
  if (offset === null) return slackError('invalid_cursor');
  const limit = Math.min(Math.max(1, Number(given.limit ?? 100)), 999);
  const found = workspace.messages(channel.id).filter(within(given)).toReversed();
  const metadata = flagArgument(given, 'include_all_metadata');
  const messages = found
    .slice(offset, offset + limit)
    .map((message) => renderMessage(message, metadata));
  const more = offset + limit < found.length;
  const response = more ? { response_metadata: { next_cursor: cursor(offset + limit) } } : {};
  return slackOk({ messages, has_more: more, pin_count: 0, ...response });
}

/** A message with its replies, oldest first. */
function replies(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  const channel = workspace.channels.find(({ id }) => id === given.channel);
  if (!channel) return slackError('channel_not_found');
  if (!channel.isMember) return slackError('not_in_channel');
  const root = workspace.messages(channel.id).find(({ ts }) => ts === String(given.ts));
  if (!root) return slackError('thread_not_found');
  const offset = offsetOf(textArgument(given, 'cursor'));
  if (offset === null) return slackError('invalid_cursor');
  const limit = Math.min(Math.max(1, Number(given.limit ?? 100)), 999);
  const found = [root, ...workspace.replies(root.ts)];
  const metadata = flagArgument(given, 'include_all_metadata');
  const more = offset + limit < found.length;
  return slackOk({
    messages: found
      .slice(offset, offset + limit)
      .map((message) => renderMessage(message, metadata)),
    has_more: more,
    ...(more ? { response_metadata: { next_cursor: cursor(offset + limit) } } : {}),
  });
}

function within(given: Json): (message: SlackMessageRecord) => boolean {
  const oldest = Number(given.oldest ?? 0);
  const latest = Number(given.latest ?? Infinity);
  const inclusive = flagArgument(given, 'inclusive');
  return ({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function info(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const channel = workspace.channels.find(({ id }) => id === argumentsOf(request).channel);
  return channel ? slackOk({ channel: renderChannel(channel) }) : slackError('channel_not_found');
}

/** All members of the workspace are in every channel that the bot is in. */
function members(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  const channel = workspace.channels.find(({ id }) => id === given.channel);
  if (!channel) return slackError('channel_not_found');
  const offset = offsetOf(textArgument(given, 'cursor'));
  if (offset === null) return slackError('invalid_cursor');
  const limit = Math.min(Math.max(1, Number(given.limit ?? 100)), 1000);
  const found = channel.isMember ? workspace.members : [];
  const next_cursor = offset + limit < found.length ? cursor(offset + limit) : '';
  return slackOk({
    members: found.slice(offset, offset + limit).map(({ id }) => id),
    response_metadata: { next_cursor },
  });
}

function list(workspace: SlackWorkspace, request: EmulatedRequest): Answer {
  const given = argumentsOf(request);
  const offset = offsetOf(textArgument(given, 'cursor'));
  if (offset === null) return slackError('invalid_cursor');
  const limit = Math.min(Math.max(1, Number(given.limit ?? 100)), 1000);
  const types = (textArgument(given, 'types') ?? 'public_channel').split(',');
  const found = workspace.channels.filter(
    (channel) =>
      types.includes(channel.isPrivate ? 'private_channel' : 'public_channel') &&
      !(flagArgument(given, 'exclude_archived') && channel.isArchived),
  );
  const more = offset + limit < found.length;
  const channels = found.slice(offset, offset + limit).map(renderChannel);
  return slackOk({
    channels,
    response_metadata: { next_cursor: more ? cursor(offset + limit) : '' },
  });
}

function renderChannel(channel: SlackChannel): Json {
  const topic = { value: '', creator: '', last_set: 0 };
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_member: channel.isMember,
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    is_read_only: channel.isReadOnly === true,
    is_pending_ext_shared: false,
    pending_shared: [],
    previous_names: [],
    created: 1_700_000_000,
    creator: BOT.userId,
    unlinked: 0,
    topic,
    purpose: topic,
    num_members: 12,
  };
}

/** An empty page of history or channels whose cursor leads to the requested page. */
export function emptyConversationsPage(request: EmulatedRequest): Answer {
  const asked = textArgument(argumentsOf(request), 'cursor');
  const response_metadata = { next_cursor: cursor(offsetOf(asked) ?? 0) };
  const list = request.path.endsWith('.list') ? { channels: [] } : { messages: [], has_more: true };
  return slackOk({ ...list, response_metadata });
}

function cursor(offset: number): string {
  return Buffer.from(`next:${offset}`).toString('base64');
}

function offsetOf(text: string | null): number | null {
  if (text === null) return 0;
  const match = /^next:(\d+)$/.exec(Buffer.from(text, 'base64').toString('utf8'));
  return match ? Number(match[1]) : null;
}

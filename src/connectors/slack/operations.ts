import {
  bareName,
  channelInput,
  historyInput,
  isChannelId,
  lookupInput,
  membersInput,
  noInput,
  updateInput,
  writeInput,
} from './inputs.ts';
import {
  findChannel,
  parseChannel,
  parseChannels,
  parseHistory,
  parseIdentity,
  parseMember,
  parseMembers,
  parsePosted,
} from './projections.ts';
import type { WebClient } from '@slack/web-api';
import type { OperationRows } from '../pipeline/operation.ts';
import type { SlackOperations } from '../types.ts';

type Content = Pick<SlackOperations['chat:write']['input'], 'text' | 'blocks' | 'metadata'>;

const PAGE_SIZE = 100;

/** Slack's operations. */
export const SLACK_ROWS: OperationRows<SlackOperations, WebClient> = {
  'chat:write': {
    write: true,
    input: writeInput,
    route: () => ({ method: 'POST', path: '/api/chat.postMessage', params: {} }),
    send: async (client, { channel, threadTs, ...content }) =>
      client.apiCall('chat.postMessage', {
        channel,
        ...(threadTs && { thread_ts: threadTs }),
        ...message(content),
        unfurl_links: false,
        unfurl_media: false,
      }),
    project: ({ json }) => parsePosted(json),
    redact: ({ channel, threadTs, blocks, metadata }) => ({
      channel,
      ...(threadTs && { threadTs }),
      blocks: blocks.length,
      eventType: metadata.eventType,
    }),
    evidence: ({ channel, ts }) => ({ channel, ts }),
  },
  'chat:update': {
    write: true,
    input: updateInput,
    route: () => ({ method: 'POST', path: '/api/chat.update', params: {} }),
    send: async (client, { channel, ts, ...content }) =>
      client.apiCall('chat.update', { channel, ts, ...message(content) }),
    project: ({ json }) => parsePosted(json),
    redact: ({ channel, ts, blocks, metadata }) => ({
      channel,
      ts,
      blocks: blocks.length,
      eventType: metadata.eventType,
    }),
    evidence: ({ channel, ts }) => ({ channel, ts }),
  },
  'history:read': {
    write: false,
    input: historyInput,
    route: (input) => ({ method: 'POST', path: `/api/${historyMethod(input)}`, params: {} }),
    send: async (client, { channel, oldest, threadTs, cursor, limit = PAGE_SIZE }) =>
      client.apiCall(historyMethod({ threadTs }), {
        channel,
        ...(threadTs && { ts: threadTs }),
        oldest,
        cursor,
        limit,
        include_all_metadata: true,
      }),
    project: ({ json }) => parseHistory(json),
    redact: ({ channel, oldest, threadTs, cursor, limit }) => ({
      channel,
      ...(threadTs && { threadTs }),
      oldest: oldest ?? null,
      limit: limit ?? PAGE_SIZE,
      continued: Boolean(cursor),
    }),
    evidence: ({ messages, next }) => ({ messages: messages.length, more: next !== null }),
  },
  'users:lookup': {
    write: false,
    input: lookupInput,
    route: (input) => ({ method: 'POST', path: `/api/${lookupMethod(input)}`, params: {} }),
    send: async (client, input) => client.apiCall(lookupMethod(input), { ...input }),
    project: ({ json }) => parseMember(json),
    redact: (input) => ({ by: 'user' in input ? 'id' : 'email' }),
    evidence: ({ id, active }) => ({ id, active }),
  },
  'auth:test': {
    write: false,
    input: noInput,
    route: () => ({ method: 'POST', path: '/api/auth.test', params: {} }),
    send: async (client) => client.apiCall('auth.test', {}),
    project: ({ json, response }) => parseIdentity(json, response.headers),
    redact: () => ({}),
  },
  'channels:members': {
    write: false,
    input: membersInput,
    route: () => ({ method: 'POST', path: '/api/conversations.members', params: {} }),
    send: async (client, { channel, cursor }) =>
      client.apiCall('conversations.members', {
        channel,
        cursor: cursor ?? undefined,
        limit: PAGE_SIZE,
      }),
    project: ({ json }) => parseMembers(json),
    redact: ({ channel, cursor }) => ({ channel, continued: Boolean(cursor) }),
    evidence: ({ members, next }) => ({ members: members.length, more: next !== null }),
  },
  'channels:read': {
    write: false,
    input: channelInput,
    route: ({ channel }) => ({ method: 'POST', path: channelMethod(channel), params: {} }),
    send: async (client, { channel }) =>
      isChannelId(channel)
        ? client.apiCall('conversations.info', { channel })
        : searchChannel(client, channel),
    project: ({ json, input }) =>
      isChannelId(input.channel) ? parseChannel(json) : findChannel(json, input.channel),
    redact: ({ channel }) => ({ channel }),
  },
};

const message = ({ text, blocks, metadata }: Content): Record<string, unknown> => ({
  text,
  blocks,
  metadata: { event_type: metadata.eventType, event_payload: metadata.payload },
});

const historyMethod = ({ threadTs }: { threadTs?: string | undefined }): string =>
  threadTs === undefined ? 'conversations.history' : 'conversations.replies';

const channelMethod = (channel: string): string =>
  isChannelId(channel) ? '/api/conversations.info' : '/api/conversations.list';

const lookupMethod = (input: SlackOperations['users:lookup']['input']): string =>
  'user' in input ? 'users.info' : 'users.lookupByEmail';

const CHANNELS_PER_PAGE = 1000;
const MAX_PAGES = 50;

/**
 * Reads the pages of the channel list up to the one with that name; the last page read is the
 * response.
 */
async function searchChannel(client: WebClient, name: string): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const listed = parseChannels(
      await client.apiCall('conversations.list', {
        cursor,
        limit: CHANNELS_PER_PAGE,
        types: 'public_channel,private_channel',
      }),
    );
    if (listed.channels.some((channel) => channel.name === bareName(name)) || !listed.next) return;
    cursor = listed.next;
  }
}

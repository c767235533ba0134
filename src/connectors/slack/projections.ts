import { z } from 'zod';
import { NotFoundInAnswer } from '../pipeline/call-vendor.ts';
import { bareName } from './inputs.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { SlackOperations } from '../types.ts';

const text = z.string().nullish();
const posted = z.object({ channel: z.string().min(1), ts: z.string().min(1) });
const metadata = z
  .object({ event_type: z.string(), event_payload: z.record(z.string(), z.json()).nullish() })
  .transform(({ event_type: eventType, event_payload: payload }) => ({
    eventType,
    payload: (payload ?? {}) as JsonObject,
  }));
const message = z
  .object({ ts: z.string(), text, metadata: metadata.nullish().catch(null) })
  .transform((raw) => ({ ts: raw.ts, text: raw.text ?? '', metadata: raw.metadata ?? null }));
const cursor = z.object({ next_cursor: text }).nullish();
const history = z.object({ messages: z.array(message), response_metadata: cursor });
const identity = z.object({
  team: text,
  team_id: text,
  user: text,
  user_id: text,
  bot_id: text,
  is_enterprise_install: z.boolean().nullish(),
});
const channel = z.object({
  id: z.string().min(1),
  name: text,
  is_member: z.boolean().nullish(),
  is_archived: z.boolean().nullish(),
  is_read_only: z.boolean().nullish(),
  is_thread_only: z.boolean().nullish(),
});

const flag = z.boolean().nullish();
const member = z.object({
  user: z.object({
    id: z.string().min(1),
    team_id: text,
    deleted: flag,
    is_bot: flag,
    is_stranger: flag,
    is_restricted: flag,
    is_ultra_restricted: flag,
    profile: z.object({ email: text }).nullish(),
  }),
});

/** A user of the workspace, without name and profile; the e-mail address only for full members. */
export function parseMember(json: unknown): SlackOperations['users:lookup']['output'] {
  const { id, team_id: teamId, deleted, profile, ...kinds } = member.parse(json).user;
  const full =
    !kinds.is_bot && !kinds.is_stranger && !kinds.is_restricted && !kinds.is_ultra_restricted;
  return {
    id,
    teamId: teamId ?? null,
    active: deleted !== true,
    email: (full && profile?.email) || null,
  };
}

export const parsePosted = (json: unknown): { channel: string; ts: string } => posted.parse(json);

export function parseHistory(json: unknown): SlackOperations['history:read']['output'] {
  const { messages, response_metadata: page } = history.parse(json);
  return { messages, next: page?.next_cursor || null };
}

const memberIds = z.object({ members: z.array(z.string().min(1)), response_metadata: cursor });

export function parseMembers(json: unknown): SlackOperations['channels:members']['output'] {
  const { members, response_metadata: page } = memberIds.parse(json);
  return { members, next: page?.next_cursor || null };
}

/** The account of the token; its scopes are in a header. */
export function parseIdentity(
  json: unknown,
  headers: Pick<Headers, 'get'>,
): SlackOperations['auth:test']['output'] {
  const { team, team_id: teamId, user, user_id: userId, ...more } = identity.parse(json);
  const scopes = (headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim());
  return {
    team: z.string().parse(team ?? teamId),
    user: z.string().parse(user ?? userId),
    botId: more.bot_id ?? null,
    isForOrg: more.is_enterprise_install ?? false,
    scopes: scopes.filter((scope) => scope !== ''),
  };
}

type Channel = SlackOperations['channels:read']['output'];
const toChannel = ({
  id,
  name,
  is_member: isMember,
  is_archived: isArchived,
  ...more
}: z.infer<typeof channel>): Channel => ({
  id,
  name: name ?? id,
  isMember: isMember ?? false,
  isArchived: isArchived ?? false,
  isReadOnly: more.is_read_only === true || more.is_thread_only === true,
});

/** The channel requested by its id. */
export const parseChannel = (json: unknown): Channel =>
  toChannel(z.object({ channel }).parse(json).channel);

/** A page of channels, and the cursor of the next one. */
export function parseChannels(json: unknown): { channels: Channel[]; next: string | null } {
  const page = z.object({ channels: z.array(channel), response_metadata: cursor }).parse(json);
  return {
    channels: page.channels.map(toChannel),
    next: page.response_metadata?.next_cursor || null,
  };
}

/** The channel of that name on a page; throws NotFoundInAnswer if there is none. */
export function findChannel(json: unknown, name: string): Channel {
  const found = parseChannels(json).channels.find((candidate) => candidate.name === bareName(name));
  if (!found) throw new NotFoundInAnswer();
  return found;
}

import { oktaId } from '../ids.ts';
import type { Json } from '../types.ts';

export interface SlackChannel {
  id: string;
  name: string;
  isMember: boolean;
  isArchived: boolean;
  isPrivate: boolean;
  isReadOnly?: boolean;
}

export interface SlackMessageRecord {
  ts: string;
  text: string;
  blocks: readonly Json[];
  metadata: Json | null;
  threadTs: string | null;
  editedTs: string | null;
}

/** A member of the workspace. */
export interface SlackMember {
  id: string;
  email: string;
  name: string;
  deleted: boolean;
}

/** A member to add; everything except the address has a default. */
export type NewMember = Partial<SlackMember> & { email: string };

/** Settings of the Slack emulator that tests may change while it runs. */
export interface SlackSettings {
  token: string;
  scopes: readonly string[];
  /** The error with which every call is refused, such as `token_revoked`. */
  refusal?: string;
  /** Whose token it is: that of a bot in a workspace, of a user, or of a whole organisation. */
  owner?: 'bot' | 'user' | 'org';
}

export const TEAM = { id: 'T0EMULATED', name: 'Northwind Emulated', domain: 'northwind-emulated' };
export const BOT = { userId: 'U0ARXBOT01', botId: 'B0ARXBOT01', appId: 'A0ARXAPP01', name: 'arx' };

/** The state of one emulated Slack workspace. */
export class SlackWorkspace {
  readonly settings: SlackSettings;
  readonly channels: SlackChannel[] = [];
  readonly members: SlackMember[] = [];
  readonly #messages = new Map<string, SlackMessageRecord[]>();
  readonly #replies: SlackMessageRecord[] = [];
  readonly #seed: number;
  #lastMicros = 0;

  constructor(settings: SlackSettings, seed: number) {
    this.settings = settings;
    this.#seed = seed;
    this.addChannel({
      name: 'security-mfa',
      id: `C${oktaId('', 1, seed).slice(0, 10).toUpperCase()}`,
    });
    this.addChannel({
      name: 'sec-approvals',
      id: `C${oktaId('', 2, seed).slice(0, 10).toUpperCase()}`,
    });
    this.addChannel({
      name: 'general',
      id: `C${oktaId('', 3, seed).slice(0, 10).toUpperCase()}`,
      isMember: false,
    });
  }

  addChannel(wanted: Partial<SlackChannel> & { id: string; name: string }): SlackChannel {
    const channel = { isMember: true, isArchived: false, isPrivate: false, ...wanted };
    this.channels.push(channel);
    return channel;
  }

  /** Adds a member, or changes the member with this address. */
  addMember(wanted: NewMember): SlackMember {
    const known = this.memberBy(wanted.email);
    if (known) return Object.assign(known, wanted);
    const id = `U${oktaId('', 1000 + this.members.length, this.#seed)
      .slice(0, 10)
      .toUpperCase()}`;
    const member = { id, name: wanted.email.split('@')[0] ?? id, deleted: false, ...wanted };
    this.members.push(member);
    return member;
  }

  /** A member by e-mail address, in any case; null if there is none. */
  memberBy(email: string): SlackMember | null {
    return (
      this.members.find((member) => member.email.toLowerCase() === email.toLowerCase()) ?? null
    );
  }

  /** A channel by id, or by name with or without #; null if there is none. */
  channel(idOrName: string): SlackChannel | null {
    const name = idOrName.replace(/^#/, '');
    return (
      this.channels.find((channel) => channel.id === idOrName || channel.name === name) ?? null
    );
  }

  /** The messages of a channel without the replies to them, oldest first. */
  messages(channelId: string): SlackMessageRecord[] {
    const known = this.#messages.get(channelId) ?? [];
    this.#messages.set(channelId, known);
    return known;
  }

  /** The replies to a message, oldest first. */
  replies(threadTs: string): SlackMessageRecord[] {
    return this.#replies.filter((reply) => reply.threadTs === threadTs);
  }

  post(
    channelId: string,
    message: Omit<SlackMessageRecord, 'ts' | 'editedTs'>,
  ): SlackMessageRecord {
    const posted = { ...message, ts: this.nextTs(), editedTs: null };
    const list = message.threadTs === null ? this.messages(channelId) : this.#replies;
    list.push(posted);
    return posted;
  }

  /** A message's timestamp is its id: strictly increasing, in microseconds. */
  nextTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, Date.now() * 1000);
    const text = String(this.#lastMicros);
    return `${text.slice(0, -6)}.${text.slice(-6)}`;
  }
}

import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import type { CallContext, Recorded, SlackOperations } from '../../connectors/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { MessageRefusal, MessageRow, StoreTransaction } from '../../store/types.ts';
import { ON_ITS_WAY_MS } from '../support/failures.ts';
import type { LastingCode } from '../support/failures.ts';
import { settleMessage } from '../support/message-settling.ts';
import type { PostedMessage } from '../support/message-settling.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { draftOf } from './drafts.ts';
import { callerOf, planOf } from './plan.ts';

/** How many runs back the id of a channel that is given by name is searched. */
const RUNS_BACK = 50;

export type MessageDeps = UsesStore<'audit' | 'journal' | 'messages' | 'runs'> &
  UsesConnectors<'slack'> &
  UsesClock;

const NO_MESSAGE = { ts: null, attempt: 0, missedAt: null } as const;

/** The code of a failure, and what Slack said. Slack's words are its error names. */
function refusalOf(error: unknown, code: string): MessageRefusal {
  const refused = error instanceof ConnectorError ? error : null;
  return { code, message: refused?.vendorMessage ?? refused?.fields.vendorCode ?? null };
}

/** One message of a run, as it is posted and recognised. */
interface Posting {
  /** Key of its row in the store, and its subject in the audit trail. */
  id: string;
  channel: string;
  /** Time stamp of the message to which it is a reply; null for a message of its own. */
  threadTs: string | null;
  metadataType: string;
  kinds: Record<'intended' | 'posted' | 'failed', Recorded['kind']>;
}

/** The summary of a run. */
export const summaryPosting = (run: string, channel: string): Posting => ({
  id: run,
  channel,
  threadTs: null,
  metadataType: 'arx_run',
  kinds: { intended: 'summary.intended', posted: 'summary.posted', failed: 'summary.failed' },
});

/** Key of the row of the message with the checkpoint. */
export const checkpointId = (run: string): string => `${run}/checkpoint`;

/** The checkpoint of the audit trail, as a reply to the summary of a run. */
export const checkpointPosting = (run: string, { channel, ts }: PostedMessage): Posting => ({
  id: checkpointId(run),
  channel,
  threadTs: ts,
  metadataType: 'arx_checkpoint',
  kinds: { intended: 'action.started', posted: 'summary.checkpoint', failed: 'action.failed' },
});

export type MessageContent = Pick<SlackOperations['chat:write']['input'], 'text' | 'blocks'>;

/**
 * A message of a run, which is posted once. After a call without an answer, the message is
 * searched in the channel until it can no longer arrive; if it is found, it is edited. A reply stays
 * as it was posted.
 */
export class RunMessage {
  readonly #deps: MessageDeps;
  readonly #record: RunRecord;
  readonly #posting: Posting;

  constructor(deps: MessageDeps, record: RunRecord, posting: Posting) {
    this.#deps = deps;
    this.#record = record;
    this.#posting = posting;
  }

  async post(content: MessageContent): Promise<void> {
    const row = await this.#deps.store.messages.get(this.#posting.id);
    if (row?.ts && this.#posting.threadTs !== null) return;
    if (row?.ts) return this.#edit(content, row.channel, row.ts);
    const found = row?.state === 'intended' ? await this.#settle(row) : null;
    if (found && this.#posting.threadTs !== null) return this.#adopt(found);
    if (found) return this.#edit(content, found.channel, found.ts);
    await this.#send(content, (row?.attempt ?? 0) + 1);
  }

  /** Finds out whether an intended message was posted. */
  async #settle(row: MessageRow): Promise<PostedMessage | null> {
    const settling = planOf(this.#record).tickets.settleMs.reduce((sum, ms) => sum + ms, 0);
    return settleMessage(this.#deps, row, {
      find: async () => (await this.#findInTrail()) ?? (await this.#find()),
      isOver: () => this.#isOver(row),
      onItsWayMs: Math.min(ON_ITS_WAY_MS, settling),
    });
  }

  /** A call without an answer may still arrive at Slack, so only an answered call is over. */
  async #isOver({ attempt }: MessageRow): Promise<boolean> {
    const unknown = await this.#deps.store.audit.list({
      run: this.#record.run,
      kind: 'action.unknown',
      subject: this.#posting.id,
    });
    return unknown.some(
      ({ entry }) => entry.sequence === attempt && typeof entry.outcome?.['status'] === 'number',
    );
  }

  /** The message according to the audit trail, if an earlier attempt recorded it too late. */
  async #findInTrail(): Promise<PostedMessage | null> {
    const { run } = this.#record;
    const [posted] = await this.#deps.store.audit.list({
      run,
      kind: this.#posting.kinds.posted,
      subject: this.#posting.id,
    });
    const { channel, ts } = posted?.entry.outcome ?? {};
    return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : null;
  }

  /** Records why the message could not be posted. What was posted earlier stays known. */
  async recordFailure(error: unknown, code: LastingCode): Promise<void> {
    const { store, now } = this.#deps;
    const { id, channel, kinds } = this.#posting;
    const known = await store.messages.get(id);
    const row = known ?? { ...NO_MESSAGE, run: id, channel };
    if (row.ts === null)
      await store.messages.put(null, { ...row, state: 'failed', refusal: refusalOf(error, code) });
    const at = now().toISOString();
    const draft = draftOf(this.#record, { kind: kinds.failed, subject: id, at });
    await store.journal.append([{ ...draft, outcome: { code } }]);
  }

  async #send(content: MessageContent, attempt: number): Promise<void> {
    const { store, connectors } = this.#deps;
    const { id, channel, threadTs, kinds } = this.#posting;
    const row: MessageRow = {
      run: id,
      channel,
      ts: null,
      state: 'intended',
      attempt,
      missedAt: null,
    };
    const input = { channel, ...content, metadata: this.#metadata(), threadTs };
    await connectors.slack('chat:write', input, {
      ...this.#context<PostedMessage>(),
      sequence: attempt,
      intent: {
        kind: kinds.intended,
        outcome: { attempt },
        effect: (tx: StoreTransaction) => store.messages.put(tx, row),
      },
      record: (outcome) => {
        if (outcome.ok) return this.#entryOf(outcome.output, attempt);
        const { ambiguous } = outcome.error.fields;
        const refusal = refusalOf(outcome.error, outcome.error.code);
        const failed = (tx: StoreTransaction) =>
          store.messages.put(tx, { ...row, state: 'failed', refusal });
        return ambiguous
          ? null
          : { kind: kinds.failed, outcome: { code: outcome.error.code }, effect: failed };
      },
    });
  }

  async #edit(content: MessageContent, channel: string, ts: string): Promise<void> {
    const { connectors } = this.#deps;
    const input = { channel, ts, ...content, metadata: this.#metadata() };
    await connectors.slack('chat:update', input, {
      ...this.#context<PostedMessage>(),
      record: (outcome) => (outcome.ok ? this.#entryOf(outcome.output, 0) : null),
    });
  }

  /** Records a reply that was found in the thread. */
  async #adopt(found: PostedMessage): Promise<void> {
    const { store, now } = this.#deps;
    const { id, kinds } = this.#posting;
    const at = now().toISOString();
    const draft = draftOf(this.#record, { kind: kinds.posted, subject: id, sequence: 0, at });
    if ((await this.#findInTrail()) === null)
      await store.journal.append([{ ...draft, outcome: { ...found } }]);
    await store.messages.put(null, this.#rowOf(found, 0));
  }

  /** Searches the channel or the thread for the message of this run, from the start of the run on. */
  async #find(): Promise<PostedMessage | null> {
    const oldest = `${Math.floor(Date.parse(this.#record.startedAt) / 1_000)}`;
    const pages = readPages({ connector: 'slack', operation: 'history:read' }, (cursor) =>
      this.#readHistory(oldest, cursor),
    );
    for await (const { messages } of pages) {
      const own = messages.find(
        ({ metadata }) =>
          metadata?.eventType === this.#posting.metadataType &&
          metadata.payload['run'] === this.#record.run,
      );
      if (own) return { channel: this.#posting.channel, ts: own.ts };
    }
    return null;
  }

  async #readHistory(
    oldest: string,
    cursor: string | null,
  ): Promise<SlackOperations['history:read']['output']> {
    const { threadTs } = this.#posting;
    const input = {
      channel: await this.#channelId(),
      ...(threadTs === null ? { oldest } : { threadTs }),
      cursor,
      limit: 200,
    };
    return (await this.#deps.connectors.slack('history:read', input, this.#context())).output;
  }

  /**
   * Slack returns the history only for the id of a channel. The id of a name is known from the answer
   * to an earlier message.
   */
  async #channelId(): Promise<string> {
    const { store } = this.#deps;
    const { channel } = this.#posting;
    if (!channel.startsWith('#')) return channel;
    for (const { run, plan } of await store.runs.list(RUNS_BACK)) {
      const earlier = plan['slackChannel'] === channel ? await store.messages.get(run) : null;
      if (earlier?.ts) return earlier.channel;
    }
    return channel;
  }

  #entryOf(posted: PostedMessage, attempt: number) {
    const row = this.#rowOf(posted, attempt);
    const effect = (tx: StoreTransaction): Promise<void> => this.#deps.store.messages.put(tx, row);
    return { kind: this.#posting.kinds.posted, outcome: { ...posted }, effect };
  }

  #rowOf({ channel, ts }: PostedMessage, attempt: number): MessageRow {
    return { run: this.#posting.id, channel, ts, state: 'posted', attempt, missedAt: null };
  }

  #metadata(): { eventType: string; payload: JsonObject } {
    return { eventType: this.#posting.metadataType, payload: { run: this.#record.run } };
  }

  #context<Output>(): CallContext<Output> {
    const caller = callerOf(this.#record, planOf(this.#record).permitted);
    return { caller, subject: this.#posting.id, signal: Context.current().cancellationSignal };
  }
}

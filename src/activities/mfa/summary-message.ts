import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import type { CallContext, SlackOperations } from '../../connectors/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { MessageRefusal, MessageRow, StoreTransaction } from '../../store/types.ts';
import { ON_ITS_WAY_MS } from '../support/failures.ts';
import type { LastingCode } from '../support/failures.ts';
import { settleMessage } from '../support/message-settling.ts';
import type { PostedMessage } from '../support/message-settling.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { draftOf } from './drafts.ts';
import { callerOf, planOf } from './plan.ts';

const METADATA_TYPE = 'arx_run';
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

type Content = Pick<SlackOperations['chat:write']['input'], 'text' | 'blocks'>;

/**
 * The summary message of a run, which is posted once. After a call without an answer, the message is
 * searched in the channel until it can no longer arrive; if it is found, it is edited.
 */
export class SummaryMessage {
  readonly #deps: MessageDeps;
  readonly #record: RunRecord;
  readonly #channel: string;

  constructor(deps: MessageDeps, record: RunRecord, channel: string) {
    this.#deps = deps;
    this.#record = record;
    this.#channel = channel;
  }

  async post(content: Content): Promise<void> {
    const row = await this.#deps.store.messages.get(this.#record.run);
    if (row?.ts) return this.#edit(content, row.channel, row.ts);
    const found = row?.state === 'intended' ? await this.#settle(row) : null;
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
  async #isOver({ run, attempt }: MessageRow): Promise<boolean> {
    const unknown = await this.#deps.store.audit.list({
      run,
      kind: 'action.unknown',
      subject: run,
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
      kind: 'summary.posted',
      subject: run,
    });
    const { channel, ts } = posted?.entry.outcome ?? {};
    return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : null;
  }

  /** Records why the message could not be posted. What was posted earlier stays known. */
  async recordFailure(error: unknown, code: LastingCode): Promise<void> {
    const { store, now } = this.#deps;
    const { run } = this.#record;
    const known = await store.messages.get(run);
    const row = known ?? { ...NO_MESSAGE, run, channel: this.#channel };
    if (row.ts === null)
      await store.messages.put(null, { ...row, state: 'failed', refusal: refusalOf(error, code) });
    const at = now().toISOString();
    const draft = draftOf(this.#record, { kind: 'summary.failed', subject: this.#record.run, at });
    await store.journal.append([{ ...draft, outcome: { code } }]);
  }

  async #send(content: Content, attempt: number): Promise<void> {
    const { store, connectors } = this.#deps;
    const { run } = this.#record;
    const row: MessageRow = {
      run,
      channel: this.#channel,
      ts: null,
      state: 'intended',
      attempt,
      missedAt: null,
    };
    const input = { channel: this.#channel, ...content, metadata: this.#metadata() };
    await connectors.slack('chat:write', input, {
      ...this.#context<PostedMessage>(),
      sequence: attempt,
      intent: {
        kind: 'summary.intended',
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
          : { kind: 'summary.failed', outcome: { code: outcome.error.code }, effect: failed };
      },
    });
  }

  async #edit(content: Content, channel: string, ts: string): Promise<void> {
    const { connectors } = this.#deps;
    const input = { channel, ts, ...content, metadata: this.#metadata() };
    await connectors.slack('chat:update', input, {
      ...this.#context<PostedMessage>(),
      record: (outcome) => (outcome.ok ? this.#entryOf(outcome.output, 0) : null),
    });
  }

  /** Searches the channel for the message of this run, from the start of the run on. */
  async #find(): Promise<PostedMessage | null> {
    const oldest = `${Math.floor(Date.parse(this.#record.startedAt) / 1_000)}`;
    const pages = readPages({ connector: 'slack', operation: 'history:read' }, (cursor) =>
      this.#readHistory(oldest, cursor),
    );
    for await (const { messages } of pages) {
      const own = messages.find(({ metadata }) => metadata?.payload['run'] === this.#record.run);
      if (own) return { channel: this.#channel, ts: own.ts };
    }
    return null;
  }

  async #readHistory(
    oldest: string,
    cursor: string | null,
  ): Promise<SlackOperations['history:read']['output']> {
    const input = { channel: await this.#channelId(), oldest, cursor, limit: 200 };
    return (await this.#deps.connectors.slack('history:read', input, this.#context())).output;
  }

  /**
   * Slack returns the history only for the id of a channel. The id of a name is known from the answer
   * to an earlier message.
   */
  async #channelId(): Promise<string> {
    const { store } = this.#deps;
    if (!this.#channel.startsWith('#')) return this.#channel;
    for (const { run, plan } of await store.runs.list(RUNS_BACK)) {
      const earlier = plan['slackChannel'] === this.#channel ? await store.messages.get(run) : null;
      if (earlier?.ts) return earlier.channel;
    }
    return this.#channel;
  }

  #entryOf({ channel, ts }: PostedMessage, attempt: number) {
    const row: MessageRow = {
      run: this.#record.run,
      channel,
      ts,
      state: 'posted',
      attempt,
      missedAt: null,
    };
    const effect = (tx: StoreTransaction): Promise<void> => this.#deps.store.messages.put(tx, row);
    return { kind: 'summary.posted' as const, outcome: { channel, ts }, effect };
  }

  #metadata(): { eventType: string; payload: JsonObject } {
    return { eventType: METADATA_TYPE, payload: { run: this.#record.run } };
  }

  #context<Output>(): CallContext<Output> {
    const caller = callerOf(this.#record, planOf(this.#record).permitted);
    return { caller, subject: this.#record.run, signal: Context.current().cancellationSignal };
  }
}

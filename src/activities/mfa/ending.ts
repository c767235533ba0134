import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { CallContext, SlackOperations } from '../../connectors/types.ts';
import { incompleteReasons } from '../../mfa/completeness.ts';
import { nonCompliant } from '../../mfa/coverage.ts';
import { slackSummary } from '../../mfa/slack-message.ts';
import type { MessageRow, StoreTransaction } from '../../store/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Deps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { ON_ITS_WAY_MS, VENDOR_ATTEMPTS } from '../support/failures.ts';
import { runOf } from './listing.ts';
import { settleMessage } from '../support/message-settling.ts';
import type { Posted } from '../support/message-settling.ts';
import { callerOf, frozen } from './plan.ts';
import { summarise } from './run-summary.ts';
import type { MfaActivities } from './types.ts';

/** `conclude`: whether this run may be taken as the whole truth, and if not, why. */
export function conclude({ store }: Deps): MfaActivities['conclude'] {
  return async ({ run, listingLost, ticketsLost }) => {
    const record = await runOf(store, run);
    const { maxUnknown, maxDrop } = frozen(record);
    await store.users.analyse();
    const previous = await store.runs.lastComplete(record.scopeKey, record);
    const previousEnumerated = previous
      ? (await store.users.counts(previous.run)).enumerated
      : null;
    const counts = await store.users.counts(run);
    const reasons = incompleteReasons({
      counts,
      listingLost,
      previousEnumerated,
      maxUnknown,
      maxDrop,
    });
    const failed = (await store.tickets.listNotes(run)).filter(({ action }) => action === 'failed');
    if (ticketsLost !== null) reasons.push(`tickets were given up: ${ticketsLost}`);
    else if (failed.length > 0) reasons.push(`${failed.length} tickets could not be written`);
    const conflicts = failed.filter(({ code }) => code === 'audit_conflict').length;
    if (conflicts > 0)
      reasons.push(`the audit trail has other entries about ${conflicts} tickets than arx wrote`);
    return { status: reasons.length === 0 ? 'complete' : 'incomplete', reasons };
  };
}

const METADATA_TYPE = 'arx_run';
/** How far back the id of a channel that is given by name is looked for. */
const EARLIER_RUNS = 50;

/** `postSummary`: the one message of a run. Failing to post is recorded and never fails the run. */
export function postSummary(deps: Deps): MfaActivities['postSummary'] {
  return async ({ run, status, reasons }) => {
    const record = await runOf(deps.store, run);
    const channel = frozen(record).slackChannel;
    if (channel === null) return { posted: false };
    const finishedAt = deps.now().toISOString();
    const checkpoint = await newestNote(deps);
    const summary = await summarise(deps, record, { status, reasons, finishedAt, checkpoint });
    const post = new SummaryPost(deps, record, channel);
    try {
      await post.put(slackSummary(summary));
      return { posted: true };
    } catch (error) {
      if (!isLasting(error)) throw error;
      await post.giveUp(error);
      return { posted: false };
    }
  };
}

/**
 * A copy of the trail's state that leaves the store: whoever has it can show what was cut or
 * rewritten later.
 */
async function newestNote({ checkpoint }: Deps): Promise<string | null> {
  return (await checkpoint())?.note ?? null;
}

function isLasting(error: unknown): error is ConnectorError | PolicyDeniedError {
  if (error instanceof PolicyDeniedError) return true;
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return false;
  return !error.retryable || Context.current().info.attempt >= VENDOR_ATTEMPTS;
}

type Message = Pick<SlackOperations['chat:write']['input'], 'text' | 'blocks'>;

/**
 * Posts the message of a run once: after a try without an answer it is looked for in the channel,
 * until it cannot be on its way any more; where it is found, it is edited.
 */
class SummaryPost {
  readonly #deps: Deps;
  readonly #record: RunRecord;
  readonly #channel: string;

  constructor(deps: Deps, record: RunRecord, channel: string) {
    this.#deps = deps;
    this.#record = record;
    this.#channel = channel;
  }

  async put(message: Message): Promise<void> {
    const row = await this.#deps.store.messages.get(this.#record.run);
    if (row?.ts) return this.#edit(message, row.channel, row.ts);
    const found = row?.state === 'intended' ? await this.#settle(row) : null;
    if (found) return this.#edit(message, found.channel, found.ts);
    await this.#post(message, (row?.attempt ?? 0) + 1);
  }

  /** What became of a message that was intended. */
  async #settle(row: MessageRow): Promise<Posted | null> {
    const settling = frozen(this.#record).tickets.settleMs.reduce((sum, ms) => sum + ms, 0);
    return settleMessage(this.#deps, row, {
      find: async () => (await this.#findInTrail()) ?? (await this.#find()),
      isOver: () => this.#isOver(row),
      onItsWayMs: Math.min(ON_ITS_WAY_MS, settling),
    });
  }

  /** A call without an answer may still arrive at Slack: only one that was answered is over. */
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

  /** Where an overtaken attempt posted it, by the audit trail. */
  async #findInTrail(): Promise<Posted | null> {
    const { run } = this.#record;
    const [posted] = await this.#deps.store.audit.list({
      run,
      kind: 'summary.posted',
      subject: run,
    });
    const { channel, ts } = posted?.entry.outcome ?? {};
    return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : null;
  }

  async giveUp(error: ConnectorError | PolicyDeniedError): Promise<void> {
    const { store, now } = this.#deps;
    const code = error instanceof ConnectorError ? error.code : 'policy_denied';
    const at = now().toISOString();
    const draft = draftOf(this.#record, { kind: 'summary.failed', subject: this.#record.run, at });
    await store.journal.append([{ ...draft, outcome: { code } }]);
  }

  async #post(message: Message, attempt: number): Promise<void> {
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
    const input = { channel: this.#channel, ...message, metadata: this.#metadata() };
    await connectors.slack('chat:write', input, {
      ...this.#context<{ channel: string; ts: string }>(),
      sequence: attempt,
      intent: {
        kind: 'summary.intended',
        outcome: { attempt },
        effect: (tx: StoreTransaction) => store.messages.put(tx, row),
      },
      record: (outcome) => {
        if (outcome.ok) return this.#entryOf(outcome.output, attempt);
        const { ambiguous } = outcome.error.fields;
        const failed = (tx: StoreTransaction) =>
          store.messages.put(tx, { ...row, state: 'failed' });
        return ambiguous
          ? null
          : { kind: 'summary.failed', outcome: { code: outcome.error.code }, effect: failed };
      },
    });
  }

  async #edit(message: Message, channel: string, ts: string): Promise<void> {
    const { connectors } = this.#deps;
    const input = { channel, ts, ...message, metadata: this.#metadata() };
    await connectors.slack('chat:update', input, {
      ...this.#context<{ channel: string; ts: string }>(),
      record: (outcome) => (outcome.ok ? this.#entryOf(outcome.output, 0) : null),
    });
  }

  /** The message of this run in the channel, looked for from the beginning of the run. */
  async #find(): Promise<Posted | null> {
    const oldest = `${Math.floor(Date.parse(this.#record.startedAt) / 1_000)}`;
    let cursor: string | null = null;
    do {
      const page: SlackOperations['history:read']['output'] = await this.#history(oldest, cursor);
      const own = page.messages.find(
        ({ metadata }) => metadata?.payload['run'] === this.#record.run,
      );
      if (own) return { channel: this.#channel, ts: own.ts };
      cursor = page.next;
    } while (cursor !== null);
    return null;
  }

  async #history(
    oldest: string,
    cursor: string | null,
  ): Promise<SlackOperations['history:read']['output']> {
    const input = { channel: await this.#channelId(), oldest, cursor, limit: 200 };
    return (await this.#deps.connectors.slack('history:read', input, this.#context())).output;
  }

  /**
   * Slack shows the history of ids only: a name is known by the answer to an earlier message to it.
   */
  async #channelId(): Promise<string> {
    const { store } = this.#deps;
    if (!this.#channel.startsWith('#')) return this.#channel;
    for (const { run, plan } of await store.runs.list(EARLIER_RUNS)) {
      const told = plan['slackChannel'] === this.#channel ? await store.messages.get(run) : null;
      if (told?.ts) return told.channel;
    }
    return this.#channel;
  }

  #entryOf({ channel, ts }: { channel: string; ts: string }, attempt: number) {
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
    const caller = callerOf(this.#record, frozen(this.#record).permitted);
    return { caller, subject: this.#record.run, signal: Context.current().cancellationSignal };
  }
}

/** `finishRun`: the last entry of the run, a checkpoint over it, and the summary beside it. */
export function finishRun(deps: Deps): MfaActivities['finishRun'] {
  return async ({ run, status, reasons }) => {
    const { store } = deps;
    const record = await runOf(store, run);
    const counts = await store.users.counts(run);
    const result = {
      run,
      status,
      enumerated: counts.enumerated,
      nonCompliant: nonCompliant(counts),
      reasons,
    };
    if (record.finishedAt !== null) return result;
    const finishedAt = deps.now().toISOString();
    const draft = draftOf(record, {
      kind: 'scan.completed',
      subject: run,
      sequence: 0,
      at: finishedAt,
    });
    await store.journal.append([{ ...draft, outcome: { status, counts, reasons } }]);
    const unposted =
      !record.dryRun &&
      frozen(record).slackChannel !== null &&
      !(await store.messages.get(run))?.ts;
    const said = unposted ? [...reasons, 'the Slack summary could not be posted'] : reasons;
    const checkpoint = await newestNote(deps);
    const summary = await summarise(deps, record, {
      status,
      reasons: said,
      finishedAt,
      checkpoint,
    });
    await store.runs.finish(null, run, {
      status,
      finishedAt,
      summary: summary as unknown as JsonObject,
    });
    return result;
  };
}

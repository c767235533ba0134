/** The last activities of a run: its conclusion, the message in Slack, and its end. */
import type { JsonObject } from '../../audit/types.ts';
import { incompleteReasons } from '../../mfa/completeness.ts';
import { coverageOf, nonCompliant } from '../../mfa/coverage.ts';
import { checkpointReply, slackSummary } from '../../mfa/slack-message.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import type { TicketAction, TicketNote } from '../../store/ticket-types.ts';
import type { Store } from '../../store/types.ts';
import { lastingCode, VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { MfaDeps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { runOf } from './listing.ts';
import { planOf } from './plan.ts';
import type { FrozenPlan } from './plan.ts';
import { summarise } from './run-summary.ts';
import type { RunOutcome, SummaryDeps } from './run-summary.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { RunStatus } from '../../mfa/types.ts';
import { checkpointId, checkpointPosting, RunMessage, summaryPosting } from './summary-message.ts';
import type { MessageContent, MessageDeps } from './summary-message.ts';
import type { MfaActivities } from './types.ts';

/**
 * `conclude`: whether this run is complete, and what a reader must know. Completeness is only about
 * what was read: tickets that could not be written never make a run incomplete.
 */
export function conclude({
  store,
}: UsesStore<'runs' | 'tickets' | 'users'>): MfaActivities['conclude'] {
  return async ({ run, listingLost, ticketsLost }) => {
    const record = await runOf(store, run);
    const { maxUnknown, maxDrop } = planOf(record);
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
    const status = reasons.length === 0 ? 'complete' : 'incomplete';
    const notes = [
      ...unreadGroups(planOf(record)),
      ...(await ticketTrouble(store, run, ticketsLost)),
    ];
    return { status, reasons: [...reasons, ...notes] };
  };
}

/** What a reader must know about groups whose members Okta refuses to list. */
function unreadGroups({ exemptions, unreadPrivileged = [] }: FrozenPlan): string[] {
  const { unread = [] } = exemptions;
  return [
    ...(unread.length === 0
      ? []
      : [
          `the members of ${unread.join(', ')} could not be read: users without MFA who may be exempt are unknown (exemptions)`,
        ]),
    ...(unreadPrivileged.length === 0
      ? []
      : [
          `the members of ${unreadPrivileged.join(', ')} could not be read: there may be more administrators than listed (twin.privileged_groups)`,
        ]),
  ];
}

/** What a reader must know about the tickets as a whole; single tickets are listed in the summary. */
async function ticketTrouble(
  { tickets }: Pick<Store, 'tickets'>,
  run: string,
  ticketsLost: string | null,
): Promise<string[]> {
  const notes = await tickets.listNotes(run);
  const conflicts = notes.filter(({ code }) => code === 'audit_conflict').length;
  return [
    ...screenTrouble(notes),
    ...(ticketsLost === null ? [] : [`tickets were given up: ${ticketsLost}`]),
    ...(conflicts === 0
      ? []
      : [`the audit trail has other entries about ${conflicts} tickets than arx wrote`]),
  ];
}

const UPDATED: readonly TicketAction[] = ['kept', 'reopened'];
const ONLINE = 'Run `arx config check --online`';

/** What the create screen does not allow. Names fields by their ids only. */
function screenTrouble(notes: readonly TicketNote[]): string[] {
  const created = notes.filter(({ action }) => action === 'created');
  const refused = notes.filter(({ code }) => code === 'screen_unusable');
  const omitted = fieldsOf(created);
  const notEdited = fieldsOf(notes.filter(({ action }) => UPDATED.includes(action)));
  const hasWrongValue = created.some(({ refusal }) => (refusal?.message ?? null) !== null);
  const why = hasWrongValue
    ? `Jira does not offer it, or does not accept its value. ${ONLINE}`
    : 'Jira does not offer it for this issue type';
  return [
    ...(omitted === '' ? [] : [`tickets were created without ${omitted}: ${why}`]),
    ...(notEdited === ''
      ? []
      : [`tickets were updated without ${notEdited}: the edit screen does not offer it`]),
    ...(refused.length === 0
      ? []
      : [`tickets were not created: the create screen needs ${fieldsOf(refused)}. ${ONLINE}`]),
  ];
}

const fieldsOf = (notes: readonly TicketNote[]): string =>
  [...new Set(notes.flatMap(({ refusal }) => refusal?.fields ?? []))].join(' and ');

/** `postSummary`: posts the one message of a run. A failure is recorded and never fails the run. */
export function postSummary(
  deps: SummaryDeps & MessageDeps & Pick<MfaDeps, 'checkpoint'>,
): MfaActivities['postSummary'] {
  return async ({ run, status, reasons }) => {
    const record = await runOf(deps.store, run);
    const channel = planOf(record).slackChannel;
    if (channel === null) return { posted: false };
    const finishedAt = deps.now().toISOString();
    const checkpoint = await signTrail(deps);
    const summary = await summarise(deps, record, { status, reasons, finishedAt, checkpoint });
    const message = new RunMessage(deps, record, summaryPosting(run, channel));
    await postOnce(message, slackSummary(summary));
    await postCheckpoint(deps, record, checkpoint);
    if (record.finishedAt !== null)
      await storeSummary(deps, record, {
        status,
        reasons,
        finishedAt: record.finishedAt,
        checkpoint,
      });
    return { posted: Boolean((await deps.store.messages.get(run))?.ts) };
  };
}

/** Posts a message. A lasting failure is recorded. */
async function postOnce(message: RunMessage, content: MessageContent): Promise<void> {
  try {
    await message.post(content);
  } catch (error) {
    const code = lastingCode(error, VENDOR_ATTEMPTS);
    if (code === null) throw error;
    await message.recordFailure(error, code);
  }
}

/** Posts the checkpoint as a reply to the message of the run, if there are both. */
async function postCheckpoint(
  deps: MessageDeps,
  record: RunRecord,
  checkpoint: string | null,
): Promise<void> {
  const summary = await deps.store.messages.get(record.run);
  if (checkpoint === null || !summary?.ts) return;
  const posting = checkpointPosting(record.run, { channel: summary.channel, ts: summary.ts });
  await postOnce(new RunMessage(deps, record, posting), checkpointReply(checkpoint));
}

/**
 * The signed state of the audit trail, for copies outside the store: with such a copy, later
 * removals and changes can be proved.
 */
async function signTrail({ checkpoint }: Pick<MfaDeps, 'checkpoint'>): Promise<string | null> {
  return (await checkpoint())?.note ?? null;
}

/** `finishRun`: writes the last entry of the run, a checkpoint that includes it, and the summary. */
export function finishRun(
  deps: SummaryDeps & UsesStore<'journal'> & UsesClock & Pick<MfaDeps, 'checkpoint'>,
): MfaActivities['finishRun'] {
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
      coverage: coverageOf(counts),
    };
    // A run that was terminated, and then reset in Temporal, ends a second time.
    if (record.finishedAt !== null && record.status !== 'terminated') return result;
    const finishedAt = deps.now().toISOString();
    const draft = draftOf(record, {
      kind: 'scan.completed',
      subject: run,
      sequence: 0,
      at: finishedAt,
    });
    await store.journal.append([{ ...draft, outcome: { status, counts, reasons } }]);
    const checkpoint = await signTrail(deps);
    await storeSummary(deps, record, { status, reasons, finishedAt, checkpoint });
    return result;
  };
}

/** Stores the end of a run with its summary. */
async function storeSummary(
  deps: SummaryDeps,
  record: RunRecord,
  end: RunOutcome & { status: RunStatus; finishedAt: string },
): Promise<void> {
  const { status, finishedAt } = end;
  const reasons = [...end.reasons, ...(await messageTrouble(deps, record.run))];
  const summary = await summarise(deps, record, { ...end, reasons });
  await deps.store.runs.finish(null, record.run, {
    status,
    finishedAt,
    summary: summary as unknown as JsonObject,
  });
}

/** Which messages of a run could not be posted. */
async function messageTrouble({ store }: UsesStore<'messages'>, run: string): Promise<string[]> {
  const hasFailed = async (id: string): Promise<boolean> =>
    (await store.messages.get(id))?.state === 'failed';
  return [
    ...((await hasFailed(run)) ? ['the Slack summary could not be posted'] : []),
    ...((await hasFailed(checkpointId(run)))
      ? ['the audit checkpoint could not be posted to Slack']
      : []),
  ];
}

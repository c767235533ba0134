/** The last activities of a run: its conclusion, the message in Slack, and its end. */
import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import { incompleteReasons } from '../../mfa/completeness.ts';
import { nonCompliant } from '../../mfa/coverage.ts';
import { slackSummary } from '../../mfa/slack-message.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { MfaDeps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { runOf } from './listing.ts';
import { planOf } from './plan.ts';
import { summarise } from './run-summary.ts';
import type { SummaryDeps } from './run-summary.ts';
import { SummaryMessage } from './summary-message.ts';
import type { MessageDeps } from './summary-message.ts';
import type { MfaActivities } from './types.ts';

/** `conclude`: whether this run is complete, and if not, why. */
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
    const failed = (await store.tickets.listNotes(run)).filter(({ action }) => action === 'failed');
    if (ticketsLost !== null) reasons.push(`tickets were given up: ${ticketsLost}`);
    else if (failed.length > 0) reasons.push(`${failed.length} tickets could not be written`);
    const conflicts = failed.filter(({ code }) => code === 'audit_conflict').length;
    if (conflicts > 0)
      reasons.push(`the audit trail has other entries about ${conflicts} tickets than arx wrote`);
    return { status: reasons.length === 0 ? 'complete' : 'incomplete', reasons };
  };
}

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
    const message = new SummaryMessage(deps, record, channel);
    try {
      await message.post(slackSummary(summary));
      return { posted: true };
    } catch (error) {
      if (!isLasting(error)) throw error;
      await message.recordFailure(error);
      return { posted: false };
    }
  };
}

/**
 * The signed state of the audit trail, for copies outside the store: with such a copy, later
 * removals and changes can be proved.
 */
async function signTrail({ checkpoint }: Pick<MfaDeps, 'checkpoint'>): Promise<string | null> {
  return (await checkpoint())?.note ?? null;
}

function isLasting(error: unknown): error is ConnectorError | PolicyDeniedError {
  if (error instanceof PolicyDeniedError) return true;
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return false;
  return !error.retryable || Context.current().info.attempt >= VENDOR_ATTEMPTS;
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
      planOf(record).slackChannel !== null &&
      !(await store.messages.get(run))?.ts;
    const allReasons = unposted ? [...reasons, 'the Slack summary could not be posted'] : reasons;
    const checkpoint = await signTrail(deps);
    const summary = await summarise(deps, record, {
      status,
      reasons: allReasons,
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

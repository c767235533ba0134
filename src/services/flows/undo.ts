import { UNDO_REASON } from '../../flows/names.ts';
import { undoRunId } from '../../flows/run-id.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { runRecord } from './run-record.ts';
import { openRun } from './open-run.ts';
import { refusal } from './refusal.ts';
import type { Session } from './session.ts';
import type { FlowServiceParts, OpenedRun } from './types.ts';

const MAX_REASON_LENGTH = 500;

/**
 * Opens the run that undoes another; its steps come from the undo recipe of that run. While such a
 * run is open it is returned; after its end a new one is opened, which finds out by itself what is
 * already undone. Throws FlowRefusal.
 */
export async function admitUndo(
  parts: FlowServiceParts,
  session: Session,
  { run, reason }: UndoRequest,
): Promise<OpenedRun> {
  const { flows } = parts.store;
  const undone = await flows.get(run);
  if (undone === null || !session.sees(undone)) throw refusal('no_run');
  if (undone.flow !== null) session.requirePermission(undone.flow, 'undo');
  requireUndoPlan(undone);
  const { inputs, eventDigest, flow: name, version } = undone;
  const issue = withReason(undone.issue, reason);
  const id = undoRunId(run, await flows.countEndedUndos(run));
  const record = runRecord({
    run: id,
    undoes: run,
    caller: session.identity.caller,
    issue,
    inputs,
    eventDigest,
    dryRun: false,
    end: null,
    flow: name === null || version === null ? null : { name, version },
    at: parts.now().toISOString(),
  });
  const earlier = await flows.get(id);
  return earlier === null ? openRun(parts, record) : { record: earlier, created: false };
}

/** The run to undo, and why. */
interface UndoRequest {
  run: string;
  reason?: string | undefined;
}

/** The reason is kept with the texts of the issue: only approvers and the history show it. */
function withReason(
  { texts, ...issue }: FlowRunRecord['issue'],
  reason: string | undefined,
): FlowRunRecord['issue'] {
  const { [UNDO_REASON]: _earlier, ...rest } = texts;
  const words =
    reason
      ?.replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
      .trim()
      .slice(0, MAX_REASON_LENGTH)
      .toWellFormed() ?? '';
  return { ...issue, texts: words === '' ? rest : { ...rest, [UNDO_REASON]: words } };
}

function requireUndoPlan({ state, dryRun, undo, issue }: FlowRunRecord): void {
  if (undo !== null && undo.length > 0 && state === 'ended' && !dryRun) return;
  if (issue.entity.kind === 'person')
    throw refusal(
      'nothing_to_undo',
      'The run of a person makes no calls itself: undo the runs of its accounts.',
    );
  if (state !== 'ended')
    throw refusal('nothing_to_undo', 'The run has not ended, so there is nothing to undo yet.');
  throw refusal('nothing_to_undo');
}

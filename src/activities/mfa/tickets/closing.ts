import type { JiraIssue } from '../../../connectors/types.ts';
import { readPages } from '../../../connectors/pages.ts';
import { controlLabel, isTicketLabel, MFA_CONTROL, ticketLabel } from '../../../mfa/identity.ts';
import { nonCompliant } from '../../../mfa/coverage.ts';
import { chooseClosing } from '../../../mfa/transitions.ts';
import {
  compliantComment,
  departureComment,
  duplicateComment,
  stampMark,
  withOwnText,
} from '../../../mfa/ticket-text.ts';
import { valuesFor } from '../../../mfa/ticket-form.ts';
import type { TemplateUser } from '../../../mfa/ticket-form.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { Store } from '../../../store/types.ts';
import { lastingCode, VENDOR_ATTEMPTS } from '../../support/failures.ts';
import type { UsesConnectors, UsesStore } from '../../support/parts.ts';
import { runOf } from '../listing.ts';
import { callerOf, planOf } from '../plan.ts';
import type { TicketPlan } from '../plan.ts';
import { departureOf } from './departure.ts';
import type { EditorDeps, TicketEditor } from './ticket-editor.ts';
import { changeStatus } from './change-status.ts';
import type { TransitionGoal } from './change-status.ts';
import { editTicket, recordOutcome } from './ticket-flow.ts';
import type { MfaActivities, TicketOutcome } from '../types.ts';

/**
 * `closable`: the subjects with an open ticket whom this run proved compliant or did not list. In bulk
 * mode, the subject is the scope as a whole.
 */
export function closable({
  store,
}: UsesStore<'runs' | 'tickets' | 'users'>): MfaActivities['closable'] {
  return async ({ run, after, limit }) => {
    const record = await runOf(store, run);
    if (planOf(record).tickets.mode === 'bulk')
      return { subjects: await closableScope(store, record, after) };
    const { tickets } = store;
    const rows = await tickets.openOfCompliant(run, record.org, MFA_CONTROL, after, limit);
    const unlisted = planOf(record).tickets.closeOnDeparture
      ? await tickets.openOfUnlisted(run, record.org, MFA_CONTROL, after, limit)
      : [];
    const subjects = [...rows, ...unlisted].map(({ subject }) => subject).toSorted();
    return { subjects: subjects.slice(0, limit) };
  };
}

async function closableScope(
  store: Pick<Store, 'tickets' | 'users'>,
  { run, org, scopeKey }: RunRecord,
  after: string | null,
) {
  const row = after === null ? await store.tickets.get(ticketLabel(org, scopeKey)) : null;
  const clean = nonCompliant(await store.users.counts(run)) === 0;
  return row?.state === 'open' && clean ? [scopeKey] : [];
}

type CloseDeps = EditorDeps & UsesStore<'runs' | 'users'> & UsesConnectors<'okta'>;

/**
 * `closeTicket`: comments that the subject is compliant or has left and, if configured, closes the
 * ticket.
 */
export function closeTicket(deps: CloseDeps): MfaActivities['closeTicket'] {
  return async ({ run, subject }) => {
    const record = await runOf(deps.store, run);
    return editTicket(deps, { record, subject }, async (editor) => {
      if (subject === record.scopeKey)
        return closeCovered(editor, {
          reason: 'every user in scope is covered',
          stamp: startStamp(record),
          user: null,
        });
      const user = await deps.store.users.get(run, subject);
      if (user === null) return closeDeparted(deps, editor);
      if (user.verdict !== 'compliant') return { action: 'kept', code: null };
      const stamp = { run, at: user.takenOver?.at ?? user.checkedAt };
      return closeCovered(editor, { reason: user.reason, stamp, user });
    });
  };
}

/** Closes the ticket of a user who has left. The ticket of a user who may come back stays open. */
async function closeDeparted(deps: CloseDeps, editor: TicketEditor): Promise<TicketOutcome> {
  const { record, row } = editor;
  const reason = await departureOf(deps, record, row);
  if (reason === null) return { action: 'kept', code: null };
  const stamp = { run: record.run, at: deps.now().toISOString() };
  return closeIssue(editor, {
    comment: departureComment(reason, stamp),
    user: null,
    isClosing: true,
    action: 'departed',
  });
}

function startStamp({ run, startedAt }: RunRecord): TicketStamp {
  return { run, at: startedAt };
}

function closeCovered(
  editor: TicketEditor,
  { reason, stamp, user }: { reason: string; stamp: TicketStamp; user: TemplateUser | null },
): Promise<TicketOutcome> {
  return closeIssue(editor, {
    comment: compliantComment(reason, stamp),
    user,
    isClosing: editor.plan.closeOnCompliance,
    action: 'closed',
  });
}

/** How a ticket that is no longer needed ends. */
interface Closing {
  comment: readonly TextBlock[];
  /** The user whom the templates of the configuration are about; null if there is none. */
  user: TemplateUser | null;
  /** False: only comment. */
  isClosing: boolean;
  action: 'closed' | 'departed';
}

/** Comments once and closes. If the issue is gone or closed already, only the row is updated. */
async function closeIssue(
  editor: TicketEditor,
  { comment: reason, user, isClosing, action }: Closing,
): Promise<TicketOutcome> {
  const { row, plan, record } = editor;
  const comment = isClosing ? withOwnText(plan.close.comment, user, reason) : reason;
  const issue = row.key === null ? null : await editor.readIssue(row.key, true);
  if (!issue) {
    await editor.patch({ state: 'absent', key: null });
    return { action: 'left_closed', code: null };
  }
  if (issue.statusCategory === 'done') return recordClosed(editor, issue, action);
  const commentedIn = action === 'departed' ? 'departedIn' : 'compliantIn';
  if (row.details[commentedIn] === undefined) {
    const details = { ...row.details, [commentedIn]: record.run };
    await editor.comment(issue, { body: comment, mark: stampMark(record.run) }, { details });
  }
  if (!isClosing) return recordOutcome(editor, 'kept', issue.key);
  const patch = {
    state: 'closed',
    closedBy: 'arx',
    closedSeenRun: null,
    lastRun: record.run,
  } as const;
  const result = await changeStatus(editor, issue, closingGoal(plan, comment, user), {
    kind: 'ticket.closed',
    runField: 'closingIn',
    patch,
  });
  if (result === 'already') return recordClosed(editor, issue, action);
  if (typeof result !== 'string') return leaveOpen(editor, issue, result.unclear);
  return recordOutcome(editor, result === 'changed' ? action : 'kept', issue.key);
}

/** A ticket stays open if only a person can tell how the project closes it. */
async function leaveOpen(
  editor: TicketEditor,
  { key }: JiraIssue,
  message: string,
): Promise<TicketOutcome> {
  const code = 'transition_unclear';
  await editor.note('failed', key, { code, refusal: { fields: [], message } });
  return { action: 'failed', code };
}

/** Records a closed ticket. It was closed by this run if the intent names it, otherwise by a person. */
async function recordClosed(
  editor: TicketEditor,
  { key }: JiraIssue,
  action: Closing['action'],
): Promise<TicketOutcome> {
  const { row, record } = editor;
  const ours = row.details['closingIn'] === record.run;
  await editor.patch({ state: 'closed', closedBy: ours ? 'arx' : 'person', lastRun: record.run });
  return ours ? recordOutcome(editor, action, key) : { action: 'left_closed', code: null };
}

const closingGoal = (
  { close }: TicketPlan,
  comment: readonly TextBlock[],
  user: TemplateUser | null,
): TransitionGoal => ({
  choose: (offered, way) => chooseClosing(offered, close, way),
  isReached: ({ statusCategory }) => statusCategory === 'done',
  comment,
  values: valuesFor(close.fields, user),
});

const SWEEP_PAGE = 100;

type SweepDeps = EditorDeps & UsesStore<'runs'>;

/**
 * `sweepDuplicates`: if several open tickets have the same label, the oldest stays open; the others
 * are linked to it and closed. If Jira permanently refuses the search, nothing is swept: the audit
 * trail contains the refusal, and the next run tries again.
 */
export function sweepDuplicates(deps: SweepDeps): MfaActivities['sweepDuplicates'] {
  return async ({ run }) => {
    const record = await runOf(deps.store, run);
    const byLabel = await openTicketKeys(deps, record).catch((error: unknown) => {
      if (lastingCode(error, VENDOR_ATTEMPTS) === null) throw error;
      return new Map<string, string[]>();
    });
    return { duplicates: await closeAllDuplicates(deps, record, byLabel) };
  };
}

async function closeAllDuplicates(
  deps: SweepDeps,
  record: RunRecord,
  byLabel: ReadonlyMap<string, string[]>,
): Promise<number> {
  let duplicates = 0;
  for (const [label, keys] of byLabel) {
    const row = keys.length > 1 ? await deps.store.tickets.get(label) : null;
    if (!row) continue;
    const [oldest, ...others] = keys;
    await editTicket(deps, { record, subject: row.subject }, async (editor) => {
      for (const key of others) await closeDuplicate(editor, key, `${oldest}`);
      await editor.patch({ state: 'open', key: `${oldest}` });
      return { action: 'kept', code: null };
    });
    duplicates += others.length;
  }
  return duplicates;
}

/** The keys of the open tickets of this org in the index, by label, oldest first. */
async function openTicketKeys(
  deps: UsesConnectors<'jira'>,
  record: RunRecord,
): Promise<Map<string, string[]>> {
  const byLabel = new Map<string, Set<string>>();
  const jql = `labels = "${controlLabel(record.org)}" AND statusCategory != Done ORDER BY created ASC`;
  const pages = readPages({ connector: 'jira', operation: 'issues:read' }, (next) =>
    readIndex(deps, record, { jql, next }),
  );
  // A row can be on two pages if issues change while they are listed.
  for await (const { issues } of pages)
    for (const { key, labels } of issues) {
      const label = labels.find(isTicketLabel);
      if (label !== undefined) byLabel.set(label, (byLabel.get(label) ?? new Set()).add(key));
    }
  return new Map([...byLabel].map(([label, keys]) => [label, [...keys]]));
}

async function readIndex(
  deps: UsesConnectors<'jira'>,
  record: RunRecord,
  { jql, next }: { jql: string; next: string | null },
) {
  const context = { caller: callerOf(record, planOf(record).permitted), subject: 'sweep' };
  return (
    await deps.connectors.jira('issues:read', { by: 'jql', jql, next, limit: SWEEP_PAGE }, context)
  ).output;
}

async function closeDuplicate(editor: TicketEditor, key: string, oldest: string): Promise<void> {
  const issue = await editor.readIssue(key, false);
  if (!issue || issue.statusCategory === 'done') return;
  await editor.linkDuplicate(key, oldest);
  const comment = duplicateComment(oldest);
  await changeStatus(editor, issue, closingGoal(editor.plan, comment, null), {
    kind: 'ticket.closed',
    runField: 'closingIn',
    patch: {},
  });
}

import { ConnectorError } from '../../../connectors/errors.ts';
import type { JiraIssue } from '../../../connectors/types.ts';
import type { TicketRefusal } from '../../../store/ticket-types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import { lastingCode } from '../../support/failures.ts';
import { valuesFor } from '../../../mfa/ticket-form.ts';
import type { TemplateUser } from '../../../mfa/ticket-form.ts';
import { chooseReopening } from '../../../mfa/transitions.ts';
import { changeStatus } from './change-status.ts';
import type { TransitionGoal } from './change-status.ts';
import { TicketEditor } from './ticket-editor.ts';
import { fieldsToDrop, fillCreateForm } from './create-screen.ts';
import type { NewIssue } from './new-issue.ts';
import type { EditorDeps, MarkedComment } from './ticket-editor.ts';
import { rowAfterRefusal, waitForCreation, forgetComplianceComment } from './ticket-row.ts';
import type { TicketOutcome } from '../types.ts';

/** Attempts for one ticket, including waits for other runs and for the index of Jira. */
const TICKET_ATTEMPTS = 20;

/** What a ticket says. The flow decides what happens to the ticket. */
export interface TicketContent {
  /** Checks the users again; false if a ticket is no longer needed. */
  confirm(): Promise<boolean>;
  /** The user whom templates are about; null for a whole scope. */
  user(): TemplateUser | null;
  newIssue(): Promise<Omit<NewIssue, 'relatesTo'>>;
  /** Updates a ticket that stays open in a later run. */
  keep(issue: JiraIssue): Promise<void>;
  reopeningComment(closedBy: 'arx' | 'person'): MarkedComment;
}

/**
 * Runs `work` on one ticket, which no other run can change meanwhile. A permanent failure becomes the
 * outcome of the ticket; any other failure is tried again.
 */
export async function editTicket(
  deps: EditorDeps,
  { record, subject }: { record: RunRecord; subject: string },
  work: (editor: TicketEditor) => Promise<TicketOutcome>,
): Promise<TicketOutcome> {
  const editor = await TicketEditor.open(deps, record, subject);
  try {
    return await work(editor);
  } catch (error) {
    const code = lastingCode(error, TICKET_ATTEMPTS);
    if (code === null) throw error;
    await editor.note('failed', editor.row.key, { code, refusal: refusalOf(error) });
    return { action: 'failed', code };
  } finally {
    await editor.close();
  }
}

/** The fields that Jira refused, and what it said; null if it said nothing. */
function refusalOf(error: unknown): TicketRefusal | null {
  if (!(error instanceof ConnectorError)) return null;
  const { vendorMessage } = error;
  const { vendorCode } = error.fields;
  const fields = error.code === 'invalid' ? (vendorCode?.split(',') ?? []) : [];
  return fields.length === 0 && vendorMessage === null ? null : { fields, message: vendorMessage };
}

/** Makes sure that exactly one ticket is open, whatever happened before. */
export async function ensureOpen(
  editor: TicketEditor,
  content: TicketContent,
): Promise<TicketOutcome> {
  const issue = await findTicket(editor);
  if (!issue) return openNew(editor, content);
  if (issue.statusCategory !== 'done') return keepOpen(editor, content, issue);
  const { row, record } = editor;
  const seenBefore = row.closedSeenRun !== null && row.closedSeenRun !== record.run;
  if (row.closedBy !== 'arx' && !seenBefore) {
    await editor.patch({ state: 'closed', closedBy: 'person', closedSeenRun: record.run });
    return recordOutcome(editor, 'left_closed', issue.key);
  }
  return reopenTicket(editor, content, issue);
}

/** Finds the issue of this ticket by its key, otherwise by its label; null if there is none. */
async function findTicket(editor: TicketEditor): Promise<JiraIssue | null> {
  const made = editor.row.state === 'intended' ? await settleCreation(editor) : null;
  if (made) return made;
  const { key } = editor.row;
  const known = key === null ? null : await editor.readIssue(key, true);
  if (known) return known;
  const found = await editor.searchIssues();
  const best = found.find((issue) => issue.statusCategory !== 'done') ?? found.at(-1);
  if (!best) return null;
  await editor.adopt(best);
  return editor.readIssue(best.key, true);
}

/**
 * Finds out whether a create call without an answer created an issue. Null if it did not. Throws a
 * failure that makes the activity search again as long as that is not known.
 */
async function settleCreation(editor: TicketEditor): Promise<JiraIssue | null> {
  const recorded = await editor.readCreateOutcome();
  if (recorded?.kind === 'refused') {
    await editor.patch(rowAfterRefusal(editor.row));
    return null;
  }
  const known = recorded && (await editor.readIssue(recorded.key, true));
  if (known) {
    await editor.adopt(known);
    return known;
  }
  await editor.recordMissing();
  const found = (await editor.searchIssues()).filter(({ key }) => key !== editor.row.key);
  const made = found.find((issue) => issue.statusCategory !== 'done') ?? found.at(-1);
  if (made) {
    await editor.adopt(made);
    return editor.readIssue(made.key, true);
  }
  const unsettled = waitForCreation(editor.row, editor.plan, editor.deps.now());
  if (unsettled) throw unsettled;
  await editor.patch(rowAfterRefusal(editor.row));
  return null;
}

/**
 * Leaves an open ticket open. If this run created or reopened it before it was interrupted, that is
 * the outcome.
 */
async function keepOpen(
  editor: TicketEditor,
  content: TicketContent,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  const { row, record } = editor;
  if (row.details['createdIn'] === record.run) return recordOutcome(editor, 'created', issue.key);
  if (row.details['reopenedIn'] === record.run) return finishReopening(editor, content, issue);
  if (row.lastRun !== record.run) await content.keep(issue);
  return recordOutcome(editor, 'kept', issue.key);
}

/**
 * Reopens a closed ticket. If the project's workflow does not allow that, creates a new ticket that
 * is linked to it.
 */
async function reopenTicket(
  editor: TicketEditor,
  content: TicketContent,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  if (!(await content.confirm())) return recordOutcome(editor, 'withheld', null);
  const { transition, fields } = editor.plan.reopen;
  const goal: TransitionGoal = {
    choose: (offered, { filling }) => chooseReopening(offered, transition, filling),
    isReached: ({ statusCategory }) => statusCategory !== 'done',
    isRefusable: true,
    comment: content.reopeningComment(editor.row.closedBy ?? 'person').body,
    values: valuesFor(fields, content.user()),
  };
  const change = {
    kind: 'ticket.reopened',
    runField: 'reopenedIn',
    patch: { state: 'open' },
  } as const;
  const result = await changeStatus(editor, issue, goal, change);
  // A workflow that refuses to reopen, or asks for more than arx knows, gets a new ticket.
  if (result === 'impossible' || result === 'refused' || typeof result !== 'string')
    return createTicket(editor, content, issue.key);
  // A ticket that a person reopened is an open ticket like any other.
  if (result === 'already' && editor.row.details['reopenedIn'] !== editor.record.run)
    return keepOpen(editor, content, issue);
  return finishReopening(editor, content, issue);
}

async function finishReopening(
  editor: TicketEditor,
  content: TicketContent,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  const details = forgetComplianceComment(editor.row.details);
  const after = {
    state: 'open',
    closedBy: null,
    closedSeenRun: null,
    lastRun: editor.record.run,
    details,
  } as const;
  await editor.comment(issue, content.reopeningComment(editor.row.closedBy ?? 'person'), after);
  return recordOutcome(editor, 'reopened', issue.key);
}

/** Creates a ticket, after checking the users again. */
async function openNew(editor: TicketEditor, content: TicketContent): Promise<TicketOutcome> {
  if (!(await content.confirm())) return recordOutcome(editor, 'withheld', null);
  return createTicket(editor, content, null);
}

async function createTicket(
  editor: TicketEditor,
  content: TicketContent,
  relatesTo: string | null,
): Promise<TicketOutcome> {
  const issue = { ...(await content.newIssue()), relatesTo };
  const form = await fillCreateForm(editor, content.user());
  if (form.blocked !== null) return refuseCreation(editor, form.blocked);
  const key = await editor.create(issue, form).catch(async (error: unknown) => {
    const refused = fieldsToDrop(editor, form, error).filter((field) => !form.omit.has(field));
    if (refused.length === 0) throw error;
    for (const field of refused) form.omit.add(field);
    return editor.create(issue, form);
  });
  const fields = [...form.omit];
  if (fields.length === 0) return recordOutcome(editor, 'created', key);
  await editor.note('created', key, { code: null, refusal: { fields, message: form.note } });
  return { action: 'created', code: null };
}

/** Creates nothing, because Jira would refuse it or the ticket could not be found again. */
async function refuseCreation(
  editor: TicketEditor,
  refusal: TicketRefusal,
): Promise<TicketOutcome> {
  const code = 'screen_unusable';
  await editor.note('failed', editor.row.key, { code, refusal });
  return { action: 'failed', code };
}

/** Records what was done in the store, and returns it as the result of the activity. */
export async function recordOutcome(
  editor: TicketEditor,
  action: TicketOutcome['action'],
  key: string | null,
): Promise<TicketOutcome> {
  await editor.note(action, key);
  return { action, code: null };
}

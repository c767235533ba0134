import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { AuditConflictError } from '../../../audit/errors.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../../connectors/errors.ts';
import type { JiraIssue, JiraTransition } from '../../../connectors/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { Deps } from '../deps.ts';
import { mayPass } from '../../support/failures.ts';
import { TicketDesk } from './ticket-desk.ts';
import { notTaken, accusing, stillUnsettled } from './ticket-row.ts';
import type { MarkedComment, Move, NewIssue } from './ticket-desk.ts';
import type { TicketOutcome } from '../types.ts';

/**
 * Tries of one ticket, waits for other runs and for the index included, before it is reported as
 * failed.
 */
const TICKET_ATTEMPTS = 20;

/** What a ticket is about; the flow decides what is done with it. */
export interface TicketStory {
  /** Looks at the people once more; false where nobody is to be accused any more. */
  confirm(): Promise<boolean>;
  newIssue(): Promise<Omit<NewIssue, 'relatesTo'>>;
  /** What a later run writes to the ticket that stays open. */
  keep(issue: JiraIssue): Promise<void>;
  reopeningComment(closedBy: 'arx' | 'person'): MarkedComment;
}

/**
 * Works at the desk of one ticket; a lasting refusal becomes an outcome, everything else is tried
 * again.
 */
export async function atDesk(
  deps: Deps,
  { record, subject }: { record: RunRecord; subject: string },
  work: (desk: TicketDesk) => Promise<TicketOutcome>,
): Promise<TicketOutcome> {
  const desk = await TicketDesk.open(deps, record, subject);
  try {
    return await work(desk);
  } catch (error) {
    const code = lastingCode(error, TICKET_ATTEMPTS);
    if (code === null) throw error;
    await desk.note('failed', desk.row.key, code);
    return { action: 'failed', code };
  } finally {
    await desk.close();
  }
}

/**
 * The code of a failure that another attempt will not mend, after so many attempts; null where it
 * may. Whatever happens to one ticket is the outcome of that ticket and not of the run, other
 * content in the audit trail included, which is logged as the alarm that it is.
 */
export function lastingCode(error: unknown, attempts: number): TicketOutcome['code'] {
  const { info, log } = Context.current();
  const spent = info.attempt >= attempts;
  if (error instanceof PolicyDeniedError) return 'policy_denied';
  if (error instanceof InvalidArgumentError) return error.code;
  if (error instanceof ConnectorError) {
    if (error.code === 'cancelled') return null;
    return !error.retryable || spent ? error.code : null;
  }
  if (error instanceof AuditConflictError) {
    log.error(error.message, { code: error.code });
    return error.code;
  }
  const passing =
    error instanceof ApplicationFailure || error instanceof CancelledFailure || mayPass(error);
  return !passing && spent ? 'unexpected' : null;
}

/** Sees to it that exactly one ticket is open, whatever happened before. */
export async function ensureOpen(desk: TicketDesk, story: TicketStory): Promise<TicketOutcome> {
  const issue = await find(desk);
  if (!issue) return open(desk, story);
  if (issue.statusCategory !== 'done') return keep(desk, story, issue);
  const { row, record } = desk;
  const seenBefore = row.closedSeenRun !== null && row.closedSeenRun !== record.run;
  if (row.closedBy !== 'arx' && !seenBefore) {
    await desk.patch({ state: 'closed', closedBy: 'person', closedSeenRun: record.run });
    return recordOutcome(desk, 'left_closed', issue.key);
  }
  return reopen(desk, story, issue);
}

/**
 * The issue of this ticket, by its key or else by its label; null where there is none for certain.
 */
async function find(desk: TicketDesk): Promise<JiraIssue | null> {
  const made = desk.row.state === 'intended' ? await settle(desk) : null;
  if (made) return made;
  const { key } = desk.row;
  const known = key === null ? null : await desk.issue(key, true);
  if (known) return known;
  const found = await desk.search();
  const best = found.find((issue) => issue.statusCategory !== 'done') ?? found.at(-1);
  if (!best) return null;
  await desk.adopt(best);
  return desk.issue(best.key, true);
}

/**
 * Finds out what became of a create call without an answer: taken, not known yet (thrown), or not
 * taken (null).
 */
async function settle(desk: TicketDesk): Promise<JiraIssue | null> {
  const recorded = await desk.readOutcome();
  if (recorded?.kind === 'refused') {
    await desk.patch(notTaken(desk.row));
    return null;
  }
  const known = recorded && (await desk.issue(recorded.key, true));
  if (known) {
    await desk.adopt(known);
    return known;
  }
  await desk.lookFor();
  const found = (await desk.search()).filter(({ key }) => key !== desk.row.key);
  const made = found.find((issue) => issue.statusCategory !== 'done') ?? found.at(-1);
  if (made) {
    await desk.adopt(made);
    return desk.issue(made.key, true);
  }
  const unsettled = stillUnsettled(desk.row, desk.plan, desk.deps.now());
  if (unsettled) throw unsettled;
  await desk.patch(notTaken(desk.row));
  return null;
}

/**
 * An open ticket stays; one that this run opened or reopened before it was interrupted counts as
 * that.
 */
async function keep(
  desk: TicketDesk,
  story: TicketStory,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  const { row, record } = desk;
  if (row.details['createdIn'] === record.run) return recordOutcome(desk, 'created', issue.key);
  if (row.details['reopenedIn'] === record.run) return finishReopening(desk, story, issue);
  if (row.lastRun !== record.run) await story.keep(issue);
  return recordOutcome(desk, 'kept', issue.key);
}

/**
 * A closed ticket is opened again, or, where the project's workflow has no way back, a new one is
 * linked to it.
 */
async function reopen(
  desk: TicketDesk,
  story: TicketStory,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  if (!(await story.confirm())) return recordOutcome(desk, 'withheld', null);
  const back: Way = { choose: wayBack, isThere: ({ statusCategory }) => statusCategory !== 'done' };
  const reopened = {
    kind: 'ticket.reopened',
    mark: 'reopenedIn',
    patch: { state: 'open' },
  } as const;
  const moved = await moveIssue(desk, issue, back, reopened);
  if (moved === 'no_way') return create(desk, story, issue.key);
  // Somebody else's reopening is an open ticket like any other.
  if (moved === 'there' && desk.row.details['reopenedIn'] !== desk.record.run)
    return keep(desk, story, issue);
  return finishReopening(desk, story, issue);
}

/** Which transition to take, and how an issue looks that has taken it. */
export interface Way {
  choose: (transitions: readonly JiraTransition[]) => JiraTransition | undefined;
  isThere: (issue: JiraIssue) => boolean;
}

/**
 * Moves an issue. `there`: it had got there meanwhile, by a person or by the call of an attempt that was overtaken;
 * `no_way`: the project's workflow has no such transition.
 */
export async function moveIssue(
  desk: TicketDesk,
  issue: JiraIssue,
  { choose, isThere }: Way,
  move: Move,
): Promise<'moved' | 'there' | 'no_way'> {
  const isThereNow = async (): Promise<boolean> => {
    const now = await desk.issue(issue.key, false);
    return now !== null && isThere(now);
  };
  const way = choose(await desk.transitions(issue.key));
  if (!way) return (await isThereNow()) ? 'there' : 'no_way';
  try {
    await desk.transition(issue, way, move);
    return 'moved';
  } catch (error) {
    const isRefused =
      error instanceof ConnectorError && !error.retryable && error.code !== 'cancelled';
    if (isRefused && (await isThereNow())) return 'there';
    throw error;
  }
}

async function finishReopening(
  desk: TicketDesk,
  story: TicketStory,
  issue: JiraIssue,
): Promise<TicketOutcome> {
  const details = accusing(desk.row.details);
  const after = {
    state: 'open',
    closedBy: null,
    closedSeenRun: null,
    lastRun: desk.record.run,
    details,
  } as const;
  await desk.comment(issue, story.reopeningComment(desk.row.closedBy ?? 'person'), after);
  return recordOutcome(desk, 'reopened', issue.key);
}

function wayBack(transitions: readonly JiraTransition[]): JiraTransition | undefined {
  const to = (category: JiraTransition['toCategory']) =>
    transitions.find(({ toCategory }) => toCategory === category);
  return to('new') ?? to('indeterminate');
}

/** Opens a new ticket, after looking once more. */
async function open(desk: TicketDesk, story: TicketStory): Promise<TicketOutcome> {
  if (!(await story.confirm())) return recordOutcome(desk, 'withheld', null);
  return create(desk, story, null);
}

async function create(
  desk: TicketDesk,
  story: TicketStory,
  relatesTo: string | null,
): Promise<TicketOutcome> {
  const key = await desk.create({ ...(await story.newIssue()), relatesTo });
  return recordOutcome(desk, 'created', key);
}

/** Notes what was done, in the store and as the activity's result. */
export async function recordOutcome(
  desk: TicketDesk,
  action: TicketOutcome['action'],
  key: string | null,
): Promise<TicketOutcome> {
  await desk.note(action, key);
  return { action, code: null };
}

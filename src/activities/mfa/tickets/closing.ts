import type { JiraIssue, JiraTransition } from '../../../connectors/types.ts';
import { controlLabel, isTicketLabel, MFA_CONTROL, ticketLabel } from '../../../mfa/identity.ts';
import { nonCompliant } from '../../../mfa/coverage.ts';
import { compliantComment, stampMark } from '../../../mfa/ticket-text.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { Deps } from '../deps.ts';
import { VENDOR_ATTEMPTS } from '../../support/failures.ts';
import { runOf } from '../listing.ts';
import { callerOf, frozen } from '../plan.ts';
import type { TicketPlan } from '../plan.ts';
import type { TicketDesk } from './ticket-desk.ts';
import { atDesk, lastingCode, moveIssue, recordOutcome } from './ticket-flow.ts';
import type { Way } from './ticket-flow.ts';
import type { MfaActivities, TicketOutcome } from '../types.ts';

/**
 * `closable`: subjects of open tickets that this run proved compliant; in bulk mode the scope
 * itself.
 */
export function closable({ store }: Deps): MfaActivities['closable'] {
  return async ({ run, after, limit }) => {
    const record = await runOf(store, run);
    if (frozen(record).tickets.mode === 'bulk')
      return { subjects: await closableScope(store, record, after) };
    const rows = await store.tickets.openOfCompliant(run, record.org, MFA_CONTROL, after, limit);
    return { subjects: rows.map(({ subject }) => subject) };
  };
}

async function closableScope(
  store: Deps['store'],
  { run, org, scopeKey }: RunRecord,
  after: string | null,
) {
  const row = after === null ? await store.tickets.get(ticketLabel(org, scopeKey)) : null;
  const clean = nonCompliant(await store.users.counts(run)) === 0;
  return row?.state === 'open' && clean ? [scopeKey] : [];
}

/**
 * `closeTicket`: nobody is accused any more; a comment says so and, if so configured, the ticket is
 * closed.
 */
export function closeTicket(deps: Deps): MfaActivities['closeTicket'] {
  return async ({ run, subject }) => {
    const record = await runOf(deps.store, run);
    return atDesk(deps, { record, subject }, async (desk) => {
      if (subject === record.scopeKey)
        return close(desk, 'everybody in scope is covered', startStamp(record));
      const user = await deps.store.users.get(run, subject);
      if (user?.verdict !== 'compliant') return { action: 'kept', code: null };
      return close(desk, user.reason, { run, at: user.takenOver?.at ?? user.checkedAt });
    });
  };
}

function startStamp({ run, startedAt }: RunRecord): TicketStamp {
  return { run, at: startedAt };
}

/** Comments once and closes; a ticket that is gone or closed already is only noted in the row. */
async function close(desk: TicketDesk, reason: string, stamp: TicketStamp): Promise<TicketOutcome> {
  const { row, plan, record } = desk;
  const issue = row.key === null ? null : await desk.issue(row.key, true);
  if (!issue) {
    await desk.patch({ state: 'absent', key: null });
    return { action: 'left_closed', code: null };
  }
  if (issue.statusCategory === 'done') return noteClosed(desk, issue);
  if (row.details['compliantIn'] === undefined) {
    const details = { ...row.details, compliantIn: record.run };
    await desk.comment(
      issue,
      { body: compliantComment(reason, stamp), mark: stampMark(record.run) },
      { details },
    );
  }
  if (!plan.closeOnCompliance) return recordOutcome(desk, 'kept', issue.key);
  const patch = {
    state: 'closed',
    closedBy: 'arx',
    closedSeenRun: null,
    lastRun: record.run,
  } as const;
  const moved = await moveIssue(desk, issue, outOf(plan), {
    kind: 'ticket.closed',
    mark: 'closingIn',
    patch,
  });
  if (moved === 'there') return noteClosed(desk, issue);
  return recordOutcome(desk, moved === 'moved' ? 'closed' : 'kept', issue.key);
}

/**
 * A ticket that is closed: by an attempt of this run, whose intent names it, or else by a person.
 */
async function noteClosed(desk: TicketDesk, { key }: JiraIssue): Promise<TicketOutcome> {
  const { row, record } = desk;
  const ours = row.details['closingIn'] === record.run;
  await desk.patch({ state: 'closed', closedBy: ours ? 'arx' : 'person', lastRun: record.run });
  return ours ? recordOutcome(desk, 'closed', key) : { action: 'left_closed', code: null };
}

const outOf = ({ closeTransition }: TicketPlan): Way => ({
  choose: (transitions) => wayOut(transitions, closeTransition),
  isThere: ({ statusCategory }) => statusCategory === 'done',
});

/** The configured transition by its own name or that of its target, else any that leads to done. */
export function wayOut(
  transitions: readonly JiraTransition[],
  name: string,
): JiraTransition | undefined {
  const same = (text: string): boolean => text.toLowerCase() === name.toLowerCase();
  const closing = transitions.filter(({ toCategory }) => toCategory === 'done');
  return closing.find((way) => same(way.name) || same(way.toStatus)) ?? closing[0];
}

const SWEEP_PAGE = 100;

/**
 * `sweepDuplicates`: the oldest of several open tickets with one identity stays, the others are linked and closed. Where
 * Jira lastingly refuses to be searched there is no sweep: the trail has the refusal, and the next run sweeps again.
 */
export function sweepDuplicates(deps: Deps): MfaActivities['sweepDuplicates'] {
  return async ({ run }) => {
    const record = await runOf(deps.store, run);
    const byLabel = await openTickets(deps, record).catch((error: unknown) => {
      if (lastingCode(error, VENDOR_ATTEMPTS) === null) throw error;
      return new Map<string, string[]>();
    });
    return { duplicates: await foldAll(deps, record, byLabel) };
  };
}

async function foldAll(
  deps: Deps,
  record: RunRecord,
  byLabel: ReadonlyMap<string, string[]>,
): Promise<number> {
  let duplicates = 0;
  for (const [label, keys] of byLabel) {
    const row = keys.length > 1 ? await deps.store.tickets.get(label) : null;
    if (!row) continue;
    const [oldest, ...others] = keys;
    await atDesk(deps, { record, subject: row.subject }, async (desk) => {
      for (const key of others) await fold(desk, key, `${oldest}`);
      await desk.patch({ state: 'open', key: `${oldest}` });
      return { action: 'kept', code: null };
    });
    duplicates += others.length;
  }
  return duplicates;
}

/** Open tickets of this org in the index, keys by label, oldest first. */
async function openTickets(deps: Deps, record: RunRecord): Promise<Map<string, string[]>> {
  const byLabel = new Map<string, string[]>();
  const { project } = frozen(record).tickets;
  const jql = `project = "${project}" AND labels = "${controlLabel(record.org)}" AND statusCategory != Done ORDER BY created ASC`;
  let next: string | null = null;
  do {
    const page = await readIndex(deps, record, { jql, next });
    for (const { key, labels } of page.issues) {
      const label = labels.find(isTicketLabel);
      if (label !== undefined) byLabel.set(label, [...(byLabel.get(label) ?? []), key]);
    }
    next = page.next;
  } while (next !== null);
  return byLabel;
}

async function readIndex(
  deps: Deps,
  record: RunRecord,
  { jql, next }: { jql: string; next: string | null },
) {
  const context = { caller: callerOf(record, frozen(record).permitted), subject: 'sweep' };
  return (
    await deps.connectors.jira('issues:read', { by: 'jql', jql, next, limit: SWEEP_PAGE }, context)
  ).output;
}

async function fold(desk: TicketDesk, key: string, oldest: string): Promise<void> {
  const issue = await desk.issue(key, false);
  if (!issue || issue.statusCategory === 'done') return;
  await desk.linkDuplicate(key, oldest);
  await moveIssue(desk, issue, outOf(desk.plan), {
    kind: 'ticket.closed',
    mark: 'closingIn',
    patch: {},
  });
}

import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../../connectors/errors.ts';
import type {
  CallContext,
  JiraIssue,
  JiraOperations,
  JiraTransition,
  OperationTable,
  Recorded,
} from '../../../connectors/types.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import { controlLabel, MFA_CONTROL, ticketLabel } from '../../../mfa/identity.ts';
import type { StoreTransaction } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { TicketAction, TicketRow } from '../../../store/ticket-types.ts';
import type { Deps } from '../deps.ts';
import { retryIn } from '../../support/failures.ts';
import { callerOf, frozen } from '../plan.ts';
import type { TicketPlan } from '../plan.ts';
import { accusing, byAge, codeOf, notTaken, openAs } from './ticket-row.ts';

/** How long a ticket's row stays taken; far longer than the calls for one ticket take. */
const LEASE_MS = 300_000;
const BUSY_WAIT_MS = 5_000;

export type Patch = Parameters<Deps['store']['tickets']['update']>[3];
type IssueRead = JiraOperations['issues:read'];

/** A comment, and the words by which it is known again on the issue. */
export interface MarkedComment {
  body: readonly TextBlock[];
  mark: string;
}

/**
 * A move of an issue: what it is in the trail, the name under which the row notes the run, and the
 * row after it.
 */
export interface Move {
  kind: 'ticket.closed' | 'ticket.reopened';
  mark: 'closingIn' | 'reopenedIn';
  patch: Patch;
}

/** A new issue as the desk files it; the desk adds the labels that make its identity. */
export interface NewIssue {
  summary: string;
  description: readonly TextBlock[];
  relatesTo: string | null;
}

/**
 * The work on one ticket: its row, taken for this run, and the few things one can do with Jira
 * about it. Every write is preceded by its intent in row and trail, and followed by its outcome in
 * both, each pair in one transaction.
 */
export class TicketDesk {
  readonly deps: Deps;
  readonly record: RunRecord;
  readonly plan: TicketPlan;
  row: TicketRow;

  private constructor(deps: Deps, record: RunRecord, row: TicketRow) {
    this.deps = deps;
    this.record = record;
    this.plan = frozen(record).tickets;
    this.row = row;
  }

  /**
   * Takes the ticket of a subject; while another run holds it, the activity is tried again later.
   */
  static async open(deps: Deps, record: RunRecord, subject: string): Promise<TicketDesk> {
    const { org, run } = record;
    const label = ticketLabel(org, subject);
    const row = await deps.store.tickets.claim(
      { label, org, control: MFA_CONTROL, subject },
      run,
      LEASE_MS,
    );
    if (!row) throw retryIn(BUSY_WAIT_MS, 'ticket_busy', `another run works on ${label}`);
    return new TicketDesk(deps, record, row);
  }

  async close(): Promise<void> {
    await this.deps.store.tickets.release(this.row.label, this.record.run);
  }

  /** The issue itself, read consistently; null where it is gone. */
  async issue(key: string, comments: boolean): Promise<JiraIssue | null> {
    try {
      const { issues } = await this.#read({ by: 'key', key, comments });
      return issues[0] ?? null;
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return null;
      throw error;
    }
  }

  /** Issues with this ticket's label that the index knows, oldest first. */
  async search(): Promise<JiraIssue[]> {
    const jql = `project = "${this.plan.project}" AND labels = "${this.row.label}" ORDER BY created ASC`;
    const { issues } = await this.#read({ by: 'jql', jql, limit: 50 });
    return issues.filter((issue) => issue.labels.includes(this.row.label)).toSorted(byAge);
  }

  async transitions(key: string): Promise<JiraTransition[]> {
    return (await this.#read({ by: 'transitions', key })).transitions;
  }

  /**
   * Opens a ticket. Only one call is ever out for an attempt; what became of it is settled before
   * another is made.
   */
  async create(issue: NewIssue): Promise<string> {
    const { row, record } = this;
    const attempt = row.attempt + 1;
    const intendedAt = this.deps.now().toISOString();
    const { missedAt: _, ...known } = accusing(row.details);
    const details = { ...known, createdIn: record.run };
    const intended: Patch = { state: 'intended', attempt, intendedAt, details };
    const { output } = await this.deps.connectors.jira(
      'issues:create',
      this.#createInput(issue, intendedAt),
      {
        ...this.#context<{ id: string; key: string }>(attempt),
        intent: this.#entry('ticket.intended', { attempt }, intended, row.attempt),
        record: (outcome) => {
          if (outcome.ok) {
            const { key } = outcome.output;
            return this.#entry('ticket.created', { key, attempt }, openAs(key, record.run));
          }
          if (outcome.error.fields.ambiguous)
            return { kind: 'ticket.unknown', outcome: codeOf(outcome.error) };
          return this.#entry('ticket.refused', codeOf(outcome.error), notTaken(row));
        },
      },
    );
    this.row = { ...row, ...openAs(output.key, record.run), attempt, details };
    return output.key;
  }

  #createInput(issue: NewIssue, now: string): JiraOperations['issues:create']['input'] {
    const { plan, record, row } = this;
    const due = plan.dueInMs === null ? null : new Date(Date.parse(now) + plan.dueInMs);
    return {
      project: plan.project,
      issueType: plan.issueType,
      labels: [...new Set([...plan.labels, controlLabel(record.org), row.label])],
      priority: plan.priority,
      dueDate: due?.toISOString().slice(0, 10) ?? null,
      ...issue,
    };
  }

  /**
   * How the last create call ended, where the audit trail has it: an attempt that was overtaken
   * records its outcome, but does not write the row.
   */
  async readOutcome(): Promise<{ kind: 'created'; key: string } | { kind: 'refused' } | null> {
    const { label, attempt, details } = this.row;
    const run = typeof details['createdIn'] === 'string' ? details['createdIn'] : this.record.run;
    const { audit } = this.deps.store;
    const created = await audit.list({ run, kind: 'ticket.created', subject: label });
    const key = created.find(({ entry }) => entry.sequence === attempt)?.entry.outcome?.['key'];
    if (typeof key === 'string') return { kind: 'created', key };
    const refused = await audit.list({ run, kind: 'ticket.refused', subject: label });
    return refused.some(({ entry }) => entry.sequence === attempt) ? { kind: 'refused' } : null;
  }

  /** Notes that a create call is looked for whose outcome nobody knows. */
  async lookFor(): Promise<void> {
    const { details } = this.row;
    if (details['missedAt'] !== undefined) return;
    await this.patch({ details: { ...details, missedAt: this.deps.now().toISOString() } });
  }

  /**
   * Takes over a ticket that was found in Jira; one that a call of this run asked for was created
   * by this run after all.
   */
  async adopt(issue: JiraIssue): Promise<void> {
    const { details } = this.row;
    const late = details['intendedIn'] === this.record.run && issue.key !== this.row.key;
    await this.patch({
      state: issue.statusCategory === 'done' ? 'closed' : 'open',
      key: issue.key,
      intendedAt: null,
      ...(late && { details: { ...details, createdIn: this.record.run } }),
    });
  }

  /** Adds a comment unless the issue already has one with this mark. */
  async comment(issue: JiraIssue, { body, mark }: MarkedComment, patch: Patch = {}): Promise<void> {
    if (issue.comments.some((comment) => comment.includes(mark))) return this.patch(patch);
    await this.deps.connectors.jira(
      'issues:comment',
      { key: issue.key, body },
      {
        ...this.#context<{ id: string }>(),
        record: (outcome) =>
          outcome.ok ? this.#entry('ticket.updated', { key: issue.key }, patch) : null,
      },
    );
    this.row = { ...this.row, ...patch };
  }

  /** Moves the issue; the intent names the run, so that a repeated try knows its own work again. */
  async transition(issue: JiraIssue, way: JiraTransition, move: Move): Promise<void> {
    const details = { ...this.row.details, [move.mark]: this.record.run };
    await this.deps.connectors.jira(
      'issues:transition',
      { key: issue.key, transitionId: way.id },
      {
        ...this.#context<null>(),
        intent: this.#entry('action.started', { key: issue.key }, { details }),
        record: (outcome) =>
          outcome.ok ? this.#entry(move.kind, { key: issue.key }, move.patch) : null,
      },
    );
    this.row = { ...this.row, details, ...move.patch };
  }

  async describe(key: string, text: Omit<NewIssue, 'relatesTo'>): Promise<void> {
    await this.deps.connectors.jira(
      'issues:update',
      { key, ...text },
      {
        ...this.#context<null>(),
        record: (outcome) => (outcome.ok ? this.#entry('ticket.updated', { key }, {}) : null),
      },
    );
  }

  async patch(patch: Patch): Promise<void> {
    await this.deps.store.tickets.update(null, this.row.label, this.record.run, patch);
    this.row = { ...this.row, ...patch };
  }

  /** Notes what this run did with the ticket, for report and counts. */
  async note(action: TicketAction, key: string | null, code: string | null = null): Promise<void> {
    const { run } = this.record;
    const { subject } = this.row;
    await this.deps.store.tickets.note(null, run, subject, { action, key, code });
    if (key !== null && this.plan.mode === 'per_user')
      await this.deps.store.users.setTicket(null, run, subject, key);
  }

  async #read(input: IssueRead['input']): Promise<IssueRead['output']> {
    return (
      await this.deps.connectors.jira('issues:read', input, this.#context<IssueRead['output']>())
    ).output;
  }

  #context<Output extends OperationTable[string]['output']>(
    sequence?: number,
  ): CallContext<Output> {
    const caller = callerOf(this.record, frozen(this.record).permitted);
    return {
      caller,
      subject: this.row.label,
      sequence,
      signal: Context.current().cancellationSignal,
    };
  }

  #entry(
    kind: Recorded['kind'],
    outcome: Recorded['outcome'],
    patch: Patch,
    expectAttempt?: number,
  ): Recorded {
    const { label } = this.row;
    const { run } = this.record;
    const effect = (tx: StoreTransaction): Promise<void> =>
      this.deps.store.tickets.update(tx, label, run, patch, expectAttempt);
    return { kind, subject: label, outcome, effect };
  }

  /** Marks this issue as a repetition of another one. */
  async linkDuplicate(key: string, duplicateOf: string): Promise<void> {
    await this.deps.connectors.jira(
      'issues:update',
      { key, duplicateOf },
      {
        ...this.#context<null>(),
        record: (outcome) =>
          outcome.ok ? this.#entry('ticket.updated', { key, duplicateOf }, {}) : null,
      },
    );
  }
}

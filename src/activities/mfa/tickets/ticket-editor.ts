import { ConnectorError } from '../../../connectors/errors.ts';
import type {
  JiraIssue,
  JiraOperations,
  JiraTransition,
  Recorded,
} from '../../../connectors/types.ts';
import { MFA_CONTROL, ticketLabel } from '../../../mfa/identity.ts';
import type { FieldInput } from '../../../mfa/screen-fields.ts';
import type { TextBlock } from '../../../mfa/types.ts';
import type { StoreTransaction } from '../../../store/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type {
  TicketAction,
  TicketLedger,
  TicketNote,
  TicketRow,
} from '../../../store/ticket-types.ts';
import { retryIn } from '../../support/failures.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../../support/parts.ts';
import { planOf } from '../plan.ts';
import type { TicketPlan } from '../plan.ts';
import type { CreateForm } from './create-screen.ts';
import { createInput } from './new-issue.ts';
import type { NewIssue } from './new-issue.ts';
import { ticketContext } from './ticket-context.ts';
import {
  forgetComplianceComment,
  byAge,
  errorCodes,
  rowAfterRefusal,
  rowOfOpenIssue,
} from './ticket-row.ts';

/** How long a run holds the row of a ticket: far longer than the calls for one ticket take. */
const LEASE_MS = 300_000;
const BUSY_WAIT_MS = 5_000;

export type EditorDeps = UsesStore<'audit' | 'tickets' | 'users'> &
  UsesConnectors<'jira'> &
  UsesClock;
export type Patch = Parameters<TicketLedger['update']>[3];
type IssueRead = JiraOperations['issues:read'];
/** Why a ticket could not be written, and what Jira said about it. */
export type TicketFailure = Pick<TicketNote, 'code' | 'refusal'>;

/** A comment, and the words by which it is recognised on the issue. */
export interface MarkedComment {
  body: readonly TextBlock[];
  mark: string;
}

/** A transition with what its screen asks for. */
export interface TakenTransition {
  transition: JiraTransition;
  resolution: string | null;
  /** Further fields of its screen; undefined if there are none. */
  fields: Record<string, FieldInput> | undefined;
  comment: readonly TextBlock[] | null;
}

/** A status change of an issue. */
export interface StatusChange {
  kind: 'ticket.closed' | 'ticket.reopened' | 'ticket.updated';
  /** The field of the row's details that holds the run which makes the change. */
  runField: 'closingIn' | 'reopenedIn';
  /** What the row becomes afterwards. */
  patch: Patch;
}

/**
 * Reads and changes one ticket: its row, which is held for this run, and its issue in Jira. Before
 * every write, the intent is recorded in the row and the audit trail in one transaction; after it,
 * so is the outcome.
 */
export class TicketEditor {
  readonly deps: EditorDeps;
  readonly record: RunRecord;
  readonly plan: TicketPlan;
  row: TicketRow;

  private constructor(deps: EditorDeps, record: RunRecord, row: TicketRow) {
    this.deps = deps;
    this.record = record;
    this.plan = planOf(record).tickets;
    this.row = row;
  }

  /** Takes the ticket of a subject. If another run holds it, the activity is tried again later. */
  static async open(deps: EditorDeps, record: RunRecord, subject: string): Promise<TicketEditor> {
    const { org, run } = record;
    const label = ticketLabel(org, subject);
    const row = await deps.store.tickets.claim(
      { label, org, control: MFA_CONTROL, subject },
      run,
      LEASE_MS,
    );
    if (!row) throw retryIn(BUSY_WAIT_MS, 'ticket_busy', `another run is working on ${label}`);
    return new TicketEditor(deps, record, row);
  }

  async close(): Promise<void> {
    await this.deps.store.tickets.release(this.row.label, this.record.run);
  }

  /** Reads the issue by its key, which is always up to date; null if it no longer exists. */
  async readIssue(key: string, comments: boolean): Promise<JiraIssue | null> {
    try {
      const { issues } = await this.#read({ by: 'key', key, comments });
      return issues[0] ?? null;
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return null;
      throw error;
    }
  }

  /** Searches the index of every project for issues with the label of this ticket, oldest first. */
  async searchIssues(): Promise<JiraIssue[]> {
    const jql = `labels = "${this.row.label}" ORDER BY created ASC`;
    const { issues } = await this.#read({ by: 'jql', jql, limit: 50 });
    return issues.filter((issue) => issue.labels.includes(this.row.label)).toSorted(byAge);
  }

  /** Ids of the fields of the edit screen; null if Jira does not show them. */
  async readEditable(key: string): Promise<string[] | null> {
    try {
      return (await this.#read({ by: 'edit_fields', key })).fields.map(({ id }) => id);
    } catch (error) {
      if (error instanceof ConnectorError && error.code !== 'cancelled') return null;
      throw error;
    }
  }

  async readTransitions(key: string): Promise<JiraTransition[]> {
    return (await this.#read({ by: 'transitions', key })).transitions;
  }

  /**
   * Creates the issue. There is only one call per attempt number: its outcome must be known before
   * another call is made.
   */
  async create(issue: NewIssue, form: CreateForm): Promise<string> {
    const { row, record } = this;
    const attempt = row.attempt + 1;
    const intendedAt = this.deps.now().toISOString();
    const { missedAt: _, ...known } = forgetComplianceComment(row.details);
    const inComments = form.omit.has('description') && { describedIn: 'comments' };
    const details = { ...known, createdIn: record.run, ...inComments };
    const intended: Patch = { state: 'intended', attempt, intendedAt, details };
    const { output } = await this.deps.connectors.jira(
      'issues:create',
      createInput(this, issue, { now: intendedAt, form }),
      {
        ...ticketContext<{ id: string; key: string }>(this, attempt),
        intent: this.#entry('ticket.intended', { attempt }, intended, row.attempt),
        record: (outcome) => {
          if (outcome.ok) {
            const { key } = outcome.output;
            return this.#entry('ticket.created', { key, attempt }, rowOfOpenIssue(key, record.run));
          }
          if (outcome.error.fields.ambiguous)
            return { kind: 'ticket.unknown', outcome: errorCodes(outcome.error) };
          this.row = { ...row, ...rowAfterRefusal(row), attempt };
          return this.#entry('ticket.refused', errorCodes(outcome.error), rowAfterRefusal(row));
        },
      },
    );
    this.row = { ...row, ...rowOfOpenIssue(output.key, record.run), attempt, details };
    return output.key;
  }

  /**
   * The outcome of the last create call according to the audit trail. An earlier attempt of the
   * activity that is still running can record the outcome there, but can no longer write the row.
   */
  async readCreateOutcome(): Promise<
    { kind: 'created'; key: string } | { kind: 'refused' } | null
  > {
    const { label, attempt, details } = this.row;
    const run = typeof details['createdIn'] === 'string' ? details['createdIn'] : this.record.run;
    const { audit } = this.deps.store;
    const created = await audit.list({ run, kind: 'ticket.created', subject: label });
    const key = created.find(({ entry }) => entry.sequence === attempt)?.entry.outcome?.['key'];
    if (typeof key === 'string') return { kind: 'created', key };
    const refused = await audit.list({ run, kind: 'ticket.refused', subject: label });
    return refused.some(({ entry }) => entry.sequence === attempt) ? { kind: 'refused' } : null;
  }

  /** Records since when the issue of a create call with an unknown outcome is searched. */
  async recordMissing(): Promise<void> {
    const { details } = this.row;
    if (details['missedAt'] !== undefined) return;
    await this.patch({ details: { ...details, missedAt: this.deps.now().toISOString() } });
  }

  /**
   * Takes over an issue that was found in Jira. If a call of this run requested it, it counts as
   * created by this run.
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

  /** Adds a comment, unless the issue already has one with this mark. */
  async comment(issue: JiraIssue, { body, mark }: MarkedComment, patch: Patch = {}): Promise<void> {
    if (issue.comments.some((comment) => comment.includes(mark))) return this.patch(patch);
    await this.deps.connectors.jira(
      'issues:comment',
      { key: issue.key, body },
      {
        ...ticketContext<{ id: string }>(this),
        record: (outcome) =>
          outcome.ok ? this.#entry('ticket.updated', { key: issue.key }, patch) : null,
      },
    );
    this.row = { ...this.row, ...patch };
  }

  /** Changes the status. The intent names the run, so that a retry recognises its own change. */
  async transition(
    issue: JiraIssue,
    { transition, resolution, fields, comment }: TakenTransition,
    change: StatusChange,
  ): Promise<void> {
    const details = { ...this.row.details, [change.runField]: this.record.run };
    await this.deps.connectors.jira(
      'issues:transition',
      { key: issue.key, transitionId: transition.id, resolution, comment, fields },
      {
        ...ticketContext<null>(this),
        intent: this.#entry('action.started', { key: issue.key }, { details }),
        record: (outcome) =>
          outcome.ok ? this.#entry(change.kind, { key: issue.key }, change.patch) : null,
      },
    );
    this.row = { ...this.row, details, ...change.patch };
  }

  async describe(key: string, text: Partial<Omit<NewIssue, 'relatesTo'>>): Promise<void> {
    await this.#updateIssue({ key, ...text }, { key });
  }

  /** Links this issue to the one that it duplicates. */
  async linkDuplicate(key: string, duplicateOf: string): Promise<void> {
    await this.#updateIssue({ key, duplicateOf }, { key, duplicateOf });
  }

  async #updateIssue(
    input: JiraOperations['issues:update']['input'],
    facts: Recorded['outcome'],
  ): Promise<void> {
    await this.deps.connectors.jira('issues:update', input, {
      ...ticketContext<null>(this),
      record: (outcome) => (outcome.ok ? this.#entry('ticket.updated', facts, {}) : null),
    });
  }

  async patch(patch: Patch): Promise<void> {
    await this.deps.store.tickets.update(null, this.row.label, this.record.run, patch);
    this.row = { ...this.row, ...patch };
  }

  /** Records what this run did with the ticket, for the report and its counts. */
  async note(action: TicketAction, key: string | null, failure?: TicketFailure): Promise<void> {
    const { run } = this.record;
    const { subject } = this.row;
    const { tickets, users } = this.deps.store;
    const { code = null, refusal = null } = failure ?? {};
    await tickets.note(null, run, subject, { action, key, code, refusal });
    if (key === null || this.plan.mode !== 'per_user') return;
    // A user who has left is not among the users of the run.
    if ((await users.get(run, subject)) !== null) await users.setTicket(null, run, subject, key);
  }

  async #read(input: IssueRead['input']): Promise<IssueRead['output']> {
    const context = ticketContext<IssueRead['output']>(this);
    return (await this.deps.connectors.jira('issues:read', input, context)).output;
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
}

import {
  bulkComment,
  bulkDescription,
  bulkParts,
  bulkSummary,
  partMark,
} from '../../../mfa/bulk-text.ts';
import type { BulkLine } from '../../../mfa/bulk-text.ts';
import { stampLine, stampMark, withOwnText } from '../../../mfa/ticket-text.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import { NON_COMPLIANT } from '../../../mfa/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { JiraIssue } from '../../../connectors/types.ts';
import type { UsesStore } from '../../support/parts.ts';
import { runOf } from '../listing.ts';
import { planOf } from '../plan.ts';
import { isFinding, recheckUser } from '../recheck.ts';
import type { TicketAction } from '../../../store/ticket-types.ts';
import type { MarkedComment, TicketEditor } from './ticket-editor.ts';
import { editTicket, ensureOpen, recordOutcome } from './ticket-flow.ts';
import type { TicketContent } from './ticket-flow.ts';
import type { TicketDeps } from './user-ticket.ts';
import type { MfaActivities } from '../types.ts';

const FINDINGS_A_PAGE = 200;
/** Outcomes after which the ticket is open and has the list. */
const WRITTEN: readonly TicketAction[] = ['created', 'kept', 'reopened'];

/** `ensureBulkTicket`: keeps one ticket open for the scope, with the list of its users. */
export function ensureBulkTicket(deps: TicketDeps): MfaActivities['ensureBulkTicket'] {
  return async ({ run }) => {
    const record = await runOf(deps.store, run);
    // This comes before the ticket is taken: checking many users takes longer than the lease.
    await recheckAll(deps, record);
    return editTicket(deps, { record, subject: record.scopeKey }, async (editor) => {
      const parts = bulkParts(await linesOf(deps, record));
      if (parts.flat().length === 0) return recordOutcome(editor, 'withheld', null);
      const bulk = new BulkTicketContent(deps, editor, parts);
      const outcome = await ensureOpen(editor, bulk);
      if (outcome.action === 'reopened') await bulk.describe(editor.row.key);
      if (WRITTEN.includes(outcome.action)) await bulk.finish(outcome.action);
      return outcome;
    });
  };
}

/** Checks each user on the list again. */
async function recheckAll(deps: TicketDeps, record: RunRecord): Promise<void> {
  for (let after: string | null = null; ;) {
    const ids = await deps.store.users.idsByVerdict(
      record.run,
      NON_COMPLIANT,
      after,
      FINDINGS_A_PAGE,
    );
    if (ids.length === 0) return;
    for (const id of ids) {
      const user = await deps.store.users.get(record.run, id);
      if (isFinding(user)) await recheckUser(deps, record, user);
    }
    after = ids.at(-1) ?? null;
  }
}

/** The users who are still on the list, by login. */
async function linesOf(deps: UsesStore<'users'>, record: RunRecord): Promise<BulkLine[]> {
  const lines: BulkLine[] = [];
  for await (const users of deps.store.users.pages(record.run, FINDINGS_A_PAGE)) {
    lines.push(
      ...users.filter(isFinding).map(({ login, verdict, reason }) => ({ login, verdict, reason })),
    );
  }
  return lines;
}

/** The ticket of a whole scope. Its description and comments contain the list. */
class BulkTicketContent implements TicketContent {
  readonly #deps: UsesStore<'users'>;
  readonly #editor: TicketEditor;
  readonly #parts: readonly string[][];
  readonly #stamp: TicketStamp;
  /** Fields that the edit screen does not have. */
  #notEditable: string[] = [];

  constructor(deps: UsesStore<'users'>, editor: TicketEditor, parts: readonly string[][]) {
    this.#deps = deps;
    this.#editor = editor;
    this.#parts = parts;
    const { checkpoint } = planOf(editor.record);
    this.#stamp = { run: editor.record.run, at: editor.deps.now().toISOString(), checkpoint };
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  user(): null {
    return null;
  }

  async newIssue() {
    const counts = await this.#deps.store.users.counts(this.#stamp.run);
    const description = bulkDescription(this.#parts[0] ?? [], this.#parts.length, this.#stamp);
    return { summary: bulkSummary(counts), description };
  }

  async keep(issue: JiraIssue): Promise<void> {
    await this.describe(issue.key);
    const lastRun = this.#stamp.run;
    await this.#editor.patch({ state: 'open', closedBy: null, closedSeenRun: null, lastRun });
  }

  reopeningComment(): MarkedComment {
    const line = { type: 'paragraph', text: stampLine(this.#stamp) } as const;
    return {
      body: withOwnText(this.#editor.plan.reopen.comment, null, [line]),
      mark: stampMark(this.#stamp.run),
    };
  }

  /** Writes the current list into the description, as far as the edit screen allows it. */
  async describe(key: string | null): Promise<void> {
    if (key === null) return;
    const editable = await this.#editor.readEditable(key);
    const { summary, description } = await this.newIssue();
    const texts = Object.entries({ summary, description });
    const isEditable = (id: string): boolean => editable === null || editable.includes(id);
    this.#notEditable = texts.map(([id]) => id).filter((id) => !isEditable(id));
    const allowed = texts.filter(([id]) => isEditable(id));
    if (allowed.length > 0) await this.#editor.describe(key, Object.fromEntries(allowed));
  }

  /** Adds what the description does not contain, and notes which fields could not be written. */
  async finish(action: TicketAction): Promise<void> {
    const { key, details } = this.#editor.row;
    const isDescribed =
      action === 'created'
        ? details['describedIn'] !== 'comments'
        : !this.#notEditable.includes('description');
    await this.#addParts(key, isDescribed ? 1 : 0);
    if (this.#notEditable.length === 0) return;
    const refusal = { fields: this.#notEditable, message: null };
    await this.#editor.note(action, key, { code: null, refusal });
  }

  /** Adds the parts of the list that are not in the description, each as a comment. */
  async #addParts(key: string | null, from: number): Promise<void> {
    const rest = this.#parts.slice(from);
    const issue = rest.length > 0 && key !== null ? await this.#editor.readIssue(key, true) : null;
    if (!issue) return;
    for (const [index, lines] of rest.entries()) {
      const part = index + from + 1;
      const body = bulkComment(lines, part, this.#stamp);
      await this.#editor.comment(issue, { body, mark: partMark(part, this.#stamp.run) });
    }
  }
}

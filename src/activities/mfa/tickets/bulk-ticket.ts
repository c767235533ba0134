import {
  bulkComment,
  bulkDescription,
  bulkParts,
  bulkSummary,
  partMark,
} from '../../../mfa/bulk-text.ts';
import type { BulkLine } from '../../../mfa/bulk-text.ts';
import { stampLine, stampMark } from '../../../mfa/ticket-text.ts';
import type { TicketStamp } from '../../../mfa/ticket-text.ts';
import { NON_COMPLIANT } from '../../../mfa/types.ts';
import type { RunRecord } from '../../../store/run-types.ts';
import type { JiraIssue } from '../../../connectors/types.ts';
import type { UsesStore } from '../../support/parts.ts';
import { runOf } from '../listing.ts';
import { planOf } from '../plan.ts';
import { isFinding, recheckUser } from '../recheck.ts';
import type { MarkedComment, TicketEditor } from './ticket-editor.ts';
import { editTicket, ensureOpen, recordOutcome } from './ticket-flow.ts';
import type { TicketContent } from './ticket-flow.ts';
import type { TicketDeps } from './user-ticket.ts';
import type { MfaActivities } from '../types.ts';

const FINDINGS_A_PAGE = 200;

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
      if (outcome.action !== 'left_closed') await bulk.addParts(editor.row.key);
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
    return {
      body: [{ type: 'paragraph', text: stampLine(this.#stamp) }],
      mark: stampMark(this.#stamp.run),
    };
  }

  /** Writes the current list into the description. */
  async describe(key: string | null): Promise<void> {
    if (key !== null) await this.#editor.describe(key, await this.newIssue());
  }

  /** Adds the parts of the list that do not fit in the description, each as a comment. */
  async addParts(key: string | null): Promise<void> {
    const issue =
      this.#parts.length > 1 && key !== null ? await this.#editor.readIssue(key, true) : null;
    if (!issue) return;
    for (const [index, lines] of this.#parts.slice(1).entries()) {
      const part = index + 2;
      const body = bulkComment(lines, part, this.#stamp);
      await this.#editor.comment(issue, { body, mark: partMark(part, this.#stamp.run) });
    }
  }
}

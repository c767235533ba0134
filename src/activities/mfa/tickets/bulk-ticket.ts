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
import type { Deps } from '../deps.ts';
import { runOf } from '../listing.ts';
import { frozen } from '../plan.ts';
import { isFinding, lookAgain } from '../second-look.ts';
import type { MarkedComment, TicketDesk } from './ticket-desk.ts';
import { atDesk, ensureOpen, recordOutcome } from './ticket-flow.ts';
import type { TicketStory } from './ticket-flow.ts';
import type { MfaActivities } from '../types.ts';

const FINDINGS_A_PAGE = 200;

/** `ensureBulkTicket`: one open ticket for a control and scope, with the list of people. */
export function ensureBulkTicket(deps: Deps): MfaActivities['ensureBulkTicket'] {
  return async ({ run }) => {
    const record = await runOf(deps.store, run);
    // Before the ticket is taken: a second look at many people outlasts any lease.
    await lookAtAll(deps, record);
    return atDesk(deps, { record, subject: record.scopeKey }, async (desk) => {
      const parts = bulkParts(await linesOf(deps, record));
      if (parts.flat().length === 0) return recordOutcome(desk, 'withheld', null);
      const bulk = new BulkStory(desk, parts);
      const outcome = await ensureOpen(desk, bulk);
      if (outcome.action === 'reopened') await bulk.describe(desk.row.key);
      if (outcome.action !== 'left_closed') await bulk.addParts(desk.row.key);
      return outcome;
    });
  };
}

/** A second look at each person on the list. */
async function lookAtAll(deps: Deps, record: RunRecord): Promise<void> {
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
      if (isFinding(user)) await lookAgain(deps, record, user);
    }
    after = ids.at(-1) ?? null;
  }
}

/** The people who are left on the list, by login. */
async function linesOf(deps: Deps, record: RunRecord): Promise<BulkLine[]> {
  const lines: BulkLine[] = [];
  for await (const users of deps.store.users.pages(record.run, FINDINGS_A_PAGE)) {
    lines.push(
      ...users.filter(isFinding).map(({ login, verdict, reason }) => ({ login, verdict, reason })),
    );
  }
  return lines;
}

/** The ticket of a whole scope: description and comments hold the list. */
class BulkStory implements TicketStory {
  readonly #desk: TicketDesk;
  readonly #parts: readonly string[][];
  readonly #stamp: TicketStamp;

  constructor(desk: TicketDesk, parts: readonly string[][]) {
    this.#desk = desk;
    this.#parts = parts;
    const { checkpoint } = frozen(desk.record);
    this.#stamp = { run: desk.record.run, at: desk.deps.now().toISOString(), checkpoint };
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  async newIssue() {
    const counts = await this.#desk.deps.store.users.counts(this.#stamp.run);
    const description = bulkDescription(this.#parts[0] ?? [], this.#parts.length, this.#stamp);
    return { summary: bulkSummary(counts), description };
  }

  async keep(issue: JiraIssue): Promise<void> {
    await this.describe(issue.key);
    const lastRun = this.#stamp.run;
    await this.#desk.patch({ state: 'open', closedBy: null, closedSeenRun: null, lastRun });
  }

  reopeningComment(): MarkedComment {
    return {
      body: [{ type: 'paragraph', text: stampLine(this.#stamp) }],
      mark: stampMark(this.#stamp.run),
    };
  }

  /** Puts the list as it is now into the description. */
  async describe(key: string | null): Promise<void> {
    if (key !== null) await this.#desk.describe(key, await this.newIssue());
  }

  /** The parts of the list that the description does not hold, each as a comment. */
  async addParts(key: string | null): Promise<void> {
    const issue = this.#parts.length > 1 && key !== null ? await this.#desk.issue(key, true) : null;
    if (!issue) return;
    for (const [index, lines] of this.#parts.slice(1).entries()) {
      const part = index + 2;
      const body = bulkComment(lines, part, this.#stamp);
      await this.#desk.comment(issue, { body, mark: partMark(part, this.#stamp.run) });
    }
  }
}

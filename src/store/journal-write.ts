import { sql } from 'kysely';
import { contentOf, entryId, sealEntry } from '../audit/entry.ts';
import type { SealedEntry } from '../audit/entry.ts';
import { AuditConflictError } from '../audit/errors.ts';
import type { AuditDraft, AuditEntry, AuditHead, AuditReceipt, JournalEffect } from '../audit/types.ts';
import { inChunks } from './chunks.ts';
import type { StoreTransaction } from './types.ts';

/** One call of `append`. */
export interface Append {
  drafts: readonly AuditDraft[];
  effect?: JournalEffect;
}

/** Checks that every draft has an identity and a canonical form, before it can spoil a group. Throws AuditDraftError. */
export function prepareDrafts(drafts: readonly AuditDraft[]): readonly AuditDraft[] {
  for (const draft of drafts) {
    const sequenced = { ...draft, sequence: draft.sequence ?? 0 };
    entryId(sequenced);
    contentOf(sequenced);
  }
  // A copy: what the caller does to its objects afterwards must not reach the trail.
  return structuredClone(drafts);
}

/** Writes the drafts behind the locked end of the chain and runs the effects; receipts by append. */
export async function writeAppends(tx: StoreTransaction, appends: readonly Append[]): Promise<AuditReceipt[][]> {
  const start = await lockHead(tx);
  const drafts = await withSequences(tx, appends);
  const known = await readKnown(tx, drafts.flat().map(entryId));
  const chain: Chain = { head: start.head, known, fresh: [] };
  const receipts = drafts.map((group) => group.map((draft) => receiptFor(chain, draft)));
  await insertEntries(tx, start.entries, chain.fresh);
  if (chain.fresh.length > 0) await moveHead(tx, { entries: start.entries + chain.fresh.length, head: chain.head });
  for (const { effect } of appends) await runEffect(tx, effect);
  return receipts;
}

/** Sets the failure of an effect apart from a failure of the trail. */
export class EffectError extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super('an effect failed');
    this.reason = reason;
  }
}

async function runEffect(tx: StoreTransaction, effect: JournalEffect | undefined): Promise<void> {
  try {
    await effect?.(tx as never);
  } catch (error) {
    throw new EffectError(error);
  }
}

type SequencedDraft = AuditDraft & { sequence: number };

interface Chain {
  head: string;
  known: Map<string, AuditEntry>;
  fresh: SealedEntry[];
}

function receiptFor(chain: Chain, draft: SequencedDraft): AuditReceipt {
  const id = entryId(draft);
  const recorded = chain.known.get(id);
  if (recorded) {
    if (contentOf(recorded) !== contentOf(draft)) throw new AuditConflictError(id);
    return { id, hash: recorded.hash, repeated: true };
  }
  const sealed = sealEntry(draft, chain.head);
  chain.head = sealed.entry.hash;
  chain.known.set(id, sealed.entry);
  chain.fresh.push(sealed);
  return { id, hash: sealed.entry.hash, repeated: false };
}

async function lockHead(tx: StoreTransaction): Promise<AuditHead> {
  const rows = tx.selectFrom('audit_head').select(['entries', 'head']).where('id', '=', 1);
  return await rows.forUpdate().executeTakeFirstOrThrow();
}

async function moveHead(tx: StoreTransaction, head: AuditHead): Promise<void> {
  await tx.updateTable('audit_head').set(head).where('id', '=', 1).execute();
}

async function readKnown(tx: StoreTransaction, ids: string[]): Promise<Map<string, AuditEntry>> {
  const rows = await tx
    .selectFrom('audit_entries')
    .select(['id', 'text'])
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(({ id, text }) => [id, JSON.parse(text) as AuditEntry]));
}

async function insertEntries(tx: StoreTransaction, start: number, sealed: readonly SealedEntry[]): Promise<void> {
  const rows = sealed.map(({ entry, text }, n) => ({
    index: start + n,
    id: entry.id,
    workflow_id: entry.workflowId,
    run: entry.run,
    kind: entry.kind,
    subject: entry.subject,
    sequence: entry.sequence,
    at: entry.at,
    text,
  }));
  for (const chunk of inChunks(rows)) await tx.insertInto('audit_entries').values(chunk).execute();
}

/** Gives the drafts without a sequence the next free one, in order of the queue. */
async function withSequences(tx: StoreTransaction, appends: readonly Append[]): Promise<SequencedDraft[][]> {
  const open = appends.flatMap(({ drafts }) => drafts).filter(({ sequence }) => sequence === undefined);
  const next = open.length > 0 ? await readNextSequences(tx, open) : new Map<string, number>();
  const take = (draft: AuditDraft): SequencedDraft => {
    const series = seriesOf(draft);
    const sequence = draft.sequence ?? next.get(series) ?? 0;
    next.set(series, Math.max(next.get(series) ?? 0, sequence + 1));
    return { ...draft, sequence };
  };
  return appends.map(({ drafts }) => drafts.map(take));
}

/** What repeated entries have in common: the id without its sequence. */
function seriesOf(draft: AuditDraft): string {
  return entryId({ ...draft, sequence: 0 });
}

async function readNextSequences(tx: StoreTransaction, drafts: readonly AuditDraft[]): Promise<Map<string, number>> {
  const series = [...new Map(drafts.map((draft) => [seriesOf(draft), draft])).entries()];
  const column = (pick: (draft: AuditDraft) => string) => series.map(([, draft]) => pick(draft));
  const { rows } = await sql<{ n: number; next: number }>`
    select s.n, coalesce((
      select max(e.sequence) + 1 from audit_entries e
      where e.run = s.run and e.kind = s.kind and e.subject = s.subject and e.workflow_id = s.workflow_id
    ), 0) as next
    from unnest(
      ${column((draft) => draft.workflowId)}::text[], ${column((draft) => draft.run)}::text[],
      ${column((draft) => draft.kind)}::text[], ${column((draft) => draft.subject)}::text[]
    ) with ordinality as s(workflow_id, run, kind, subject, n)`.execute(tx);
  return new Map(rows.map(({ n, next }) => [series[n - 1]?.[0] ?? '', next]));
}

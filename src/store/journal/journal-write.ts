import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { contentOf, placeEntry, contentAt, idAt } from '../../audit/entry.ts';
import type { PlacedEntry, PreparedEntry } from '../../audit/entry.ts';
import { AuditConflictError, OvertakenError } from '../../audit/errors.ts';
import type { AuditEntry, AuditHead, AuditReceipt, JournalEffect } from '../../audit/types.ts';
import { findOvertaken } from './attempts.ts';
import type { ActivityAttempt } from './attempts.ts';
import { inChunks } from '../chunks.ts';
import { runEffects } from './journal-effects.ts';
import { nativeLeafHash } from './leaf-hash.ts';
import { textArray } from '../text-array.ts';
import type { StoreTransaction } from '../types.ts';

/** One call of `append`. */
export interface Append {
  drafts: readonly PreparedEntry[];
  effect?: JournalEffect | undefined;
  /** The activity attempt that appends; null outside activities. */
  attempt: ActivityAttempt | null;
  /** See `AppendOptions`. */
  isOutcome: boolean;
}

/** The end of the chain, and the number of takeovers at that point. */
export interface ChainEnd extends AuditHead {
  takeovers: number;
}

/** The outcome of one append. */
export interface WrittenAppend {
  receipts: AuditReceipt[];
  /** Its attempt was overtaken: the entries are recorded, but the effect was not run. */
  overtaken: boolean;
}

/** What was written, for each append, and the new end of the chain. */
export interface Written {
  appends: WrittenAppend[];
  end: ChainEnd;
}

/**
 * Writes the drafts at the locked end of the chain and runs the effects. Throws OvertakenError if
 * an append that is not an outcome comes from an overtaken attempt.
 */
export async function writeAppends(
  tx: StoreTransaction,
  appends: readonly Append[],
): Promise<Written> {
  const { takeovers, ...start } = await lockHead(tx);
  const overtaken = takeovers === 0 ? new Set<Append>() : await overtakenAppends(tx, appends);
  const drafts = await withSequences(tx, appends);
  const known = await readKnown(tx, drafts.flat());
  const chain: Chain = { head: start.head, known, fresh: [] };
  const receipts = drafts.map((group) => group.map((draft) => receiptFor(chain, draft)));
  await insertEntries(tx, start, chain);
  const current = appends.filter((append) => !overtaken.has(append));
  await runEffects(tx, current);
  return {
    appends: appends.map((append, n) => ({
      receipts: receipts[n] ?? [],
      overtaken: overtaken.has(append),
    })),
    end: { entries: start.entries + chain.fresh.length, head: chain.head, takeovers },
  };
}

async function overtakenAppends(
  tx: StoreTransaction,
  appends: readonly Append[],
): Promise<Set<Append>> {
  const attempts = new Set(await findOvertaken(tx, attemptsOf(appends)));
  const overtaken = appends.filter(({ attempt }) => attempt !== null && attempts.has(attempt));
  const refused = overtaken.find(({ isOutcome }) => !isOutcome);
  if (refused?.attempt) throw new OvertakenError(refused.attempt.attempt);
  return new Set(overtaken);
}

/** The attempts that write these appends. */
export function attemptsOf(appends: readonly Append[]): ActivityAttempt[] {
  return appends.flatMap(({ attempt }) => (attempt === null ? [] : [attempt]));
}

/** A draft with its sequence in its series. */
export interface Sequenced {
  prepared: PreparedEntry;
  sequence: number;
  id: string;
}

/** An entry that is in the trail or about to be added. */
interface Known {
  hash: string;
  content: () => string;
}

interface Chain {
  head: string;
  known: Map<string, Known>;
  fresh: (Sequenced & PlacedEntry)[];
}

function receiptFor(chain: Chain, draft: Sequenced): AuditReceipt {
  const { prepared, sequence, id } = draft;
  const content = (): string => contentAt(prepared, sequence);
  const recorded = chain.known.get(id);
  if (recorded) {
    if (recorded.content() !== content()) throw new AuditConflictError(id);
    return { id, hash: recorded.hash, repeated: true };
  }
  const placed = placeEntry(prepared, { sequence, prevHash: chain.head }, nativeLeafHash);
  chain.head = placed.hash;
  chain.known.set(id, { hash: placed.hash, content });
  chain.fresh.push({ ...draft, ...placed });
  return { id, hash: placed.hash, repeated: false };
}

async function lockHead(tx: StoreTransaction): Promise<ChainEnd> {
  const rows = tx
    .selectFrom('audit_head')
    .select(['entries', 'head', 'takeovers'])
    .where('id', '=', 1);
  return await rows.forUpdate().executeTakeFirstOrThrow();
}

async function readKnown(
  tx: StoreTransaction,
  drafts: readonly Sequenced[],
): Promise<Map<string, Known>> {
  const ids = drafts.map(({ id }) => id);
  const { rows } = await sql<{ id: string; text: string }>`
    select id, text from audit_entries where id = any(${ids}::text[])`.execute(tx);
  return new Map(rows.map(({ id, text }) => [id, toKnown(JSON.parse(text) as AuditEntry)]));
}

const toKnown = (entry: AuditEntry): Known => ({
  hash: entry.hash,
  content: () => contentOf(entry),
});

/**
 * Entries as rows `e` of a statement whose text does not depend on their number; `n` counts them
 * from one.
 */
export function entryRows(entries: readonly (Sequenced & PlacedEntry)[]): RawBuilder<unknown> {
  const column = <Value>(pick: (entry: Sequenced & PlacedEntry) => Value): Value[] =>
    entries.map(pick);
  const identity = (name: keyof PreparedEntry['identity']) =>
    textArray(column(({ prepared }) => prepared.identity[name]));
  return sql`unnest(
          ${textArray(column(({ id }) => id))}::text[], ${identity('workflowId')}::text[], ${identity('run')}::text[],
          ${identity('kind')}::text[], ${identity('subject')}::text[], ${column(({ sequence }) => sequence)}::bigint[],
          ${textArray(column(({ prepared }) => prepared.at))}::text[], ${textArray(column(({ text }) => text))}::text[]
        ) with ordinality as e(id, workflow_id, run, kind, subject, sequence, at, text, n)`;
}

async function insertEntries(
  tx: StoreTransaction,
  start: AuditHead,
  { fresh }: Chain,
): Promise<void> {
  let entries = start.entries;
  for (const chunk of inChunks(fresh)) {
    // Ordinality counts from one.
    const before = entries - 1;
    entries += chunk.length;
    const head = chunk.at(-1)?.hash;
    await sql`
      with placed as (
        insert into audit_entries (index, id, workflow_id, run, kind, subject, sequence, at, text)
        select ${before}::bigint + n, id, workflow_id, run, kind, subject, sequence, at, text
        from ${entryRows(chunk)}
      )
      update audit_head set entries = ${entries}, head = ${head} where id = 1`.execute(tx);
  }
}

/** Assigns the next free sequence to each draft without one, in the order of the queue. */
async function withSequences(
  tx: StoreTransaction,
  appends: readonly Append[],
): Promise<Sequenced[][]> {
  const open = appends
    .flatMap(({ drafts }) => drafts)
    .filter(({ sequence }) => sequence === undefined);
  const next = open.length > 0 ? await readNextSequences(tx, open) : new Map<string, number>();
  const take = (prepared: PreparedEntry): Sequenced => {
    const { series } = prepared;
    const sequence = prepared.sequence ?? next.get(series) ?? 0;
    if (open.length > 0) next.set(series, Math.max(next.get(series) ?? 0, sequence + 1));
    return { prepared, sequence, id: idAt(prepared, sequence) };
  };
  return appends.map(({ drafts }) => drafts.map(take));
}

async function readNextSequences(
  tx: StoreTransaction,
  drafts: readonly PreparedEntry[],
): Promise<Map<string, number>> {
  const series = [...new Map(drafts.map((draft) => [draft.series, draft.identity])).entries()];
  const column = (name: keyof PreparedEntry['identity']) =>
    series.map(([, identity]) => identity[name]);
  const { rows } = await sql<{ n: number; next: number }>`
    select s.n, coalesce((
      select max(e.sequence) + 1 from audit_entries e
      where e.run = s.run and e.kind = s.kind and e.subject = s.subject and e.workflow_id = s.workflow_id
    ), 0) as next
    from unnest(
      ${column('workflowId')}::text[], ${column('run')}::text[],
      ${column('kind')}::text[], ${column('subject')}::text[]
    ) with ordinality as s(workflow_id, run, kind, subject, n)`.execute(tx);
  return new Map(rows.map(({ n, next }) => [series[n - 1]?.[0] ?? '', next]));
}

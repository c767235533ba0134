import type { Kysely } from 'kysely';
import { countStatement, pieceStatement } from '../retention/removal.ts';
import type { Cut, Removal } from '../retention/removal.ts';
import { OPERATION_REMOVALS } from '../retention/operations.ts';
import { SCAN_REMOVALS } from '../retention/scans.ts';
import { TWIN_REMOVALS } from '../retention/twin.ts';
import type { RetentionRepository } from '../retention-types.ts';
import type { Database } from '../schema.ts';

/** Rows per transaction. */
const PIECE = 2_000;
const WEEK_MS = 7 * 86_400_000;

/** All personal data by kind, in the order of removal; docs/decisions/0030 explains each table. */
export const REMOVALS: readonly Removal[] = [
  ...SCAN_REMOVALS,
  ...TWIN_REMOVALS,
  ...OPERATION_REMOVALS,
];

type OnPiece = (what: string, rows: number) => void;

/** Removes personal data past its retention period. */
export function createRetentionRepository(
  db: Kysely<Database>,
  now: () => Date = () => new Date(),
): RetentionRepository {
  return {
    async due(before) {
      const counts = new Map<string, number>();
      for (const removal of REMOVALS)
        await countInto(counts, db, { removal, cut: cutAt(before, now()) });
      return Object.fromEntries(counts);
    },
    async remove(before, onPiece) {
      const cut = cutAt(before, now());
      const counts = new Map<string, number>();
      const count: OnPiece = (what, rows) => {
        counts.set(what, (counts.get(what) ?? 0) + rows);
        onPiece?.(what, rows);
      };
      for (const removal of REMOVALS) await removeAll(db, { removal, cut }, count);
      return Object.fromEntries(counts);
    },
  };
}

/** The cut-off times in the form used in the store. */
function cutAt(before: string, now: Date): Cut {
  const [wanted, week] = [
    new Date(before).toISOString(),
    new Date(now.getTime() - WEEK_MS).toISOString(),
  ];
  return { before: wanted, settled: wanted < week ? wanted : week, week, now: now.toISOString() };
}

interface Work {
  removal: Removal;
  cut: Cut;
}

async function countInto(
  counts: Map<string, number>,
  db: Kysely<Database>,
  { removal, cut }: Work,
): Promise<void> {
  const { rows } = await countStatement(removal, cut).execute(db);
  const due = Number(rows[0]?.rows ?? 0);
  if (due > 0) counts.set(removal.what, (counts.get(removal.what) ?? 0) + due);
}

async function removeAll(
  db: Kysely<Database>,
  { removal, cut }: Work,
  count: OnPiece,
): Promise<void> {
  for (const key of await keysOf(db, { removal, cut })) {
    for (let rows = PIECE; rows > 0;) {
      const { numAffectedRows } = await pieceStatement(removal, cut, { key, rows: PIECE }).execute(
        db,
      );
      rows = Number(numAffectedRows ?? 0n);
      if (rows > 0) count(removal.what, rows);
    }
  }
}

async function keysOf(db: Kysely<Database>, { removal, cut }: Work): Promise<(string | null)[]> {
  if (!removal.of) return [null];
  const { rows } = await removal.of.keys(cut).execute(db);
  return rows.map(({ key }) => key);
}

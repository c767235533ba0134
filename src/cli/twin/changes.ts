import type { Drift } from '../../twin/types.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import { COLUMNS } from './columns.ts';
import { emptyText, markdownPieces, moreChangesText, tablePieces } from './render.ts';
import type { Listed } from './render.ts';
import type { Reading } from './reading.ts';

/** Changes below the posture where no number is given: in a table, and in a document. */
const IN_A_TABLE = 20;
const IN_A_DOCUMENT = 1_000;
const ALL = 10_000_000;

/** The most important changes, and how many are left out. */
interface Changes {
  changes: Drift[];
  moreChanges: number;
}

async function read({ store: { twin }, org }: Reading, limit: number): Promise<Changes> {
  const [changes, total] = await Promise.all([
    twin.history.drift(org, limit),
    twin.history.countDrift(org),
  ]);
  return { changes, moreChanges: Math.max(0, total - changes.length) };
}

/** How many changes stand behind the first `limit`. */
export const countMoreChanges = async (
  { store: { twin }, org }: Reading,
  limit: number,
): Promise<number> => (await twin.history.countDrift(org)) - limit;

/** Changes as fields of the document. */
export const changesField = (reading: Reading, limit = IN_A_DOCUMENT): Promise<Changes> =>
  read(reading, limit);

/** Changes for below the table of the time line. */
export async function* changesTable(
  reading: Reading,
  { colors, limit = IN_A_TABLE }: { colors: Io['colors']['out']; limit: number | undefined },
): AsyncGenerator<string> {
  const { changes, moreChanges } = await read(reading, limit);
  if (changes.length > 0) yield `${colors.bold('Changes, the most important first')}\n`;
  const more = (): string | null => moreChangesText(moreChanges);
  yield* tablePieces(changesList(changes), {
    colors,
    empty: emptyText('changes', reading.sync.status),
    more,
  });
}

/** Changes for below the time line in Markdown. */
export async function* changesMarkdown(reading: Reading, limit = ALL): AsyncGenerator<string> {
  const { changes, moreChanges } = await read(reading, limit);
  yield '\n## Changes, the most important first\n\n';
  yield* markdownPieces(changesList(changes));
  const more = moreChangesText(moreChanges);
  if (more !== null) yield `\n${more}\n`;
}

/** One CSV holds one table: says where the other one is. */
export async function tellOfChanges(io: Io, reading: Reading): Promise<void> {
  const total = await countMoreChanges(reading, 0);
  if (total > 0) printNote(io, 'What changed is a table of its own: add --changes.');
}

const changesList = (changes: Drift[]): Listed<Drift> => ({
  pages: once(changes),
  columns: COLUMNS.changes,
});

async function* once<Item>(items: Item[]): AsyncGenerator<Item[]> {
  yield items;
}

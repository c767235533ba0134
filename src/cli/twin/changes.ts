/** The changes that `arx twin timeline` shows below the posture. */

import type { Drift } from '../../twin/types.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import { COLUMNS } from './columns.ts';
import { emptyText, markdownChunks, moreChangesText, tableChunks } from './render.ts';
import type { Listed } from './render.ts';
import type { OpenTwin } from './reading.ts';

/** Default numbers of changes below the posture: in a table, and in a document. */
const IN_A_TABLE = 20;
const IN_A_DOCUMENT = 1_000;
const ALL = 10_000_000;

/** The most important changes, and the number of those omitted. */
interface Changes {
  changes: Drift[];
  moreChanges: number;
}

async function readChanges({ store: { twin }, org }: OpenTwin, limit: number): Promise<Changes> {
  const [changes, total] = await Promise.all([
    twin.history.drift(org, limit),
    twin.history.countDrift(org),
  ]);
  return { changes, moreChanges: Math.max(0, total - changes.length) };
}

/** The number of changes after the first `limit`. */
export const countMoreChanges = async (
  { store: { twin }, org }: OpenTwin,
  limit: number,
): Promise<number> => (await twin.history.countDrift(org)) - limit;

/** Changes as fields of the document. */
export const changesField = (reading: OpenTwin, limit = IN_A_DOCUMENT): Promise<Changes> =>
  readChanges(reading, limit);

/** Changes for the terminal, below the timeline. */
export async function* changesTable(
  reading: OpenTwin,
  { colors, limit = IN_A_TABLE }: { colors: Io['colors']['out']; limit: number | undefined },
): AsyncGenerator<string> {
  const { changes, moreChanges } = await readChanges(reading, limit);
  if (changes.length > 0) yield `${colors.bold('Changes, the most important first')}\n`;
  const more = (): string | null => moreChangesText(moreChanges);
  yield* tableChunks(changesList(changes), {
    colors,
    empty: emptyText('changes', reading.sync.status),
    more,
  });
}

/** Changes in Markdown, below the timeline. */
export async function* changesMarkdown(reading: OpenTwin, limit = ALL): AsyncGenerator<string> {
  const { changes, moreChanges } = await readChanges(reading, limit);
  yield '\n## Changes, the most important first\n\n';
  yield* markdownChunks(changesList(changes));
  const more = moreChangesText(moreChanges);
  if (more !== null) yield `\n${more}\n`;
}

/** A CSV file contains only one table, so this prints how to get the other. */
export async function printChangesHint(io: Io, reading: OpenTwin): Promise<void> {
  const total = await countMoreChanges(reading, 0);
  if (total > 0) printNote(io, 'Changes are a separate table: add --changes.');
}

const changesList = (changes: Drift[]): Listed<Drift> => ({
  pages: once(changes),
  columns: COLUMNS.changes,
});

async function* once<Item>(items: Item[]): AsyncGenerator<Item[]> {
  yield items;
}

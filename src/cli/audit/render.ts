/** Renders audit entries and verification results. */

import type { ChainReport } from '../../audit/chain.ts';
import type { SinkReport } from '../../services/audit/sink.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Colors } from '../kit/io.ts';
import { wordsOfEntry } from '../../services/audit/entry-words.ts';
import type { NamedThing } from '../../store/name-types.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';
import { recordText } from '../kit/record.ts';
import type { Fact } from '../kit/record.ts';
import { count, plain, plural, timeText } from '../kit/text.ts';
import { whenText } from '../kit/when.ts';

type Names = ReadonlyMap<string, NamedThing>;

const COLUMNS: readonly Column[] = [
  { name: 'entry', long: 'keep', drop: 1 },
  { name: 'time', long: 'keep' },
  { name: 'actor', least: 18 },
  { name: 'event', least: 14 },
  { name: 'target', least: 14 },
  { name: 'outcome', least: 14, tone: (cell, colors) => outcomeTone(cell, colors) },
];

/** Who did what to whom, when. `now` is the time that others are relative to. */
export function auditTable(
  entries: readonly (AuditEntry & { index: number })[],
  names: Names,
  colors: Colors,
  now = Date.now(),
): string {
  const rows = entries.map((entry) => {
    const { actor, event, target, outcome } = cellsOf(entry, names);
    return [String(entry.index), whenText(entry.at, colors, now), actor, event, target, outcome];
  });
  return grid(COLUMNS, rows, colors);
}

/** An entry as one line, for a list that goes on. */
export function auditLine(
  entry: AuditEntry & { index: number },
  names: Names,
  colors: Colors,
): string {
  const { actor, event, target, outcome } = cellsOf(entry, names);
  const what = [actor, event, target, outcome].filter((part) => part !== '').join('  ');
  return `${colors.dim(timeText(entry.at))}  ${plain(what)}`;
}

/** One entry as a record of what it says, followed by its content. */
export function entryText(
  entry: AuditEntry & { index: number },
  names: Names,
  colors: Colors,
): string {
  const { actor, event, target, outcome } = cellsOf(entry, names);
  const { index, at, kind, run, hash, correlation } = entry;
  const facts: Fact[] = [
    ['entry', `${index} (${hash.slice(0, 12)})`],
    ['time', timeText(at)],
    ['actor', actor],
    ['event', event === kind ? kind : `${event} (${kind})`],
    ['target', target],
    ['outcome', outcome],
    ['reason', typeof correlation?.['reason'] === 'string' ? correlation['reason'] : ''],
    ['policies', entry.decision?.policies ?? []],
    ['run', run],
  ];
  return `${recordText(facts, colors)}\n\n${JSON.stringify(entry, null, 2)}`;
}

function cellsOf(entry: AuditEntry, names: Names) {
  const { actor, proof, event, target, outcome } = wordsOfEntry(entry);
  const who = names.get(actor)?.name ?? actor;
  const whom = target === null ? '' : nameText(target, names);
  return { actor: proof === null ? who : `${who} (${proof})`, event, target: whom, outcome };
}

/** A name with the id beside it, or the id alone. */
function nameText(id: string, names: Names): string {
  const named = names.get(id);
  return named === undefined ? id : `${named.name} (${id})`;
}

function outcomeTone(cell: string, { green, red, yellow }: Colors): (text: string) => string {
  if (/^(failed|denied|rejected|decision refused|INCOMPLETE)/.test(cell)) return red;
  if (/^(done|approved|succeeded|complete)/.test(cell)) return green;
  return /^(needs approval|not known|expired)/.test(cell) ? yellow : String;
}

/** The result of a verification as text. */
export function verifyText(
  verdict: ChainReport & { checkpoints?: number; extractOf?: string; sink?: SinkReport },
  colors: Colors,
): string {
  const { ok, entries, head, firstBad, checkpoints = 0, removed = 0, sink } = verdict;
  if (ok) {
    const signed =
      checkpoints > 0 ? `, as signed in ${plural(checkpoints, 'checkpoint', 'checkpoints')}` : '';
    const shortened =
      removed > 0
        ? `; only the hash remains of ${plural(removed, 'old entry', 'old entries')}`
        : '';
    return `${colors.green('The audit trail is intact:')} ${plural(entries, 'entry', 'entries')}, head ${head}${signed}${shortened}${sink ? sinkText(sink) : ''}`;
  }
  const { index, id, reason } = firstBad;
  const which =
    id === null ? `The entry at index ${index}` : `The entry at index ${index} (${plain(id)})`;
  const verdictWords =
    verdict.extractOf === undefined ? 'The audit trail is BROKEN.' : 'NOT VERIFIED.';
  return `${colors.red(verdictWords)} ${which} ${reason}. Valid entries before it: ${count(entries)}.`;
}

/** How far the sink is, and whether its entries were compared. */
function sinkText({ name, from, entries, behind, compared }: SinkReport): string {
  const first = from > 0 ? `from index ${from} on, ` : '';
  const state = compared
    ? `has ${plural(entries, 'entry', 'entries')}, ${first}all as in the store`
    : 'not compared (add --sink)';
  const lag = behind > 0 ? `, ${plural(behind, 'entry is', 'entries are')} not in it yet` : '';
  return `\nThe sink ${plain(name)}: ${state}${lag}`;
}

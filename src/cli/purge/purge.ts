import { carryOutPurge, duePurge, isNothing, signForPurge } from '../../services/audit/purge.ts';
import type { Purge } from '../../services/audit/purge.ts';
import { retentionCut } from '../../config/schema/retention-settings.ts';
import type { RetentionCut } from '../../config/schema/retention-settings.ts';
import type { Store } from '../../store/types.ts';
import { checkpointParts } from '../audit/log-keys.ts';
import type { PurgeOptions } from './command.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Colors, Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { grid } from '../kit/grid.ts';
import { count, timeText } from '../kit/text.ts';

/** `arx purge`: counts, and with --yes removes, what is past its retention period. */
export async function purge(io: Io, options: PurgeOptions): Promise<ExitCode> {
  const { config } = await loadSettings(io, options);
  const now = new Date();
  const cut = retentionCut(config, now);
  return withStore(io, async (store) => {
    if (options.dryRun) return printResult(io, await duePurge(store, cut), options);
    if (!options.yes) return refuse(io, await duePurge(store, cut), options);
    return printResult(io, await remove(io, store, { cut, now, options }), options);
  });
}

interface Removing {
  cut: RetentionCut;
  now: Date;
  options: PurgeOptions;
}

async function remove(io: Io, store: Store, { cut, now, options }: Removing): Promise<Purge> {
  const quiet = options.json ?? false;
  const unsigned = await signForPurge(checkpointParts(io, store));
  const due = await duePurge(store, cut);
  if (unsigned !== null) {
    printNote(io, `No checkpoint can be created here: ${unsigned}.`);
    printNote(io, 'Entries not covered by a checkpoint keep their content.');
  }
  if (isNothing(due)) return due;
  return await carryOutPurge(store, due, { now, ...(!quiet && { onPiece: createProgress(io) }) });
}

const A_SECOND = 1_000;

/** Prints a line when the removal of a kind of data starts, and every second during it. */
function createProgress(io: Io): (what: string, rows: number) => void {
  const sums = new Map<string, number>();
  let lastLineAt = 0;
  return (what, rows) => {
    const begins = !sums.has(what);
    const sum = (sums.get(what) ?? 0) + rows;
    sums.set(what, sum);
    if (!begins && Date.now() - lastLineAt < A_SECOND) return;
    lastLineAt = Date.now();
    printNote(io, io.colors.err.dim(`removing ${what}: ${count(sum)} so far`));
  };
}

async function printResult(
  io: Io,
  result: Purge,
  { dryRun = false, json }: PurgeOptions,
): Promise<ExitCode> {
  if (json) await writeJson(io, { schema: 'arx.purge/v1', dryRun, ...result });
  else await print(io, purgeText(result, { done: !dryRun }, io.colors.out));
  return EXIT.ok;
}

async function refuse(io: Io, due: Purge, options: PurgeOptions): Promise<ExitCode> {
  if (isNothing(due)) return printResult(io, due, options);
  if (!options.json) await print(io, purgeText(due, { done: false }, io.colors.out));
  const people = Object.entries(due.users.removed).map(([what, rows]) => `${what}: ${count(rows)}`);
  const entries =
    due.audit.entries > 0 ? [`contents of audit entries: ${count(due.audit.entries)}`] : [];
  throw new CliError({
    code: 'not_confirmed',
    message: `Nothing was removed. This would be removed permanently: ${[...people, ...entries].join(', ')}.`,
    remedy:
      'Back up the store if you may need the data, then repeat the command with --yes. To count only, use --dry-run.',
    exit: EXIT.usage,
  });
}

/** What was removed, or would be, for the terminal. */
function purgeText(purge: Purge, { done }: { done: boolean }, colors: Colors): string {
  const { users, audit } = purge;
  const cut = `Kept: personal data since ${timeText(users.before)}, audit entry contents since ${timeText(audit.before)}.`;
  if (isNothing(purge)) return `Nothing to remove.\n${cut}`;
  const rows: [string, number][] = Object.entries(users.removed);
  if (audit.entries > 0) rows.push(['contents of audit entries', audit.entries]);
  return `${grid([done ? 'removed' : 'to remove', 'rows'], rows, colors)}\n${cut}`;
}

import { carryOutPurge, duePurge, isNothing, signForPurge } from '../../services/audit/purge.ts';
import type { Purge } from '../../services/audit/purge.ts';
import { retentionCut } from '../../config/schema/retention-settings.ts';
import type { RetentionCut } from '../../config/schema/retention-settings.ts';
import type { Store } from '../../store/types.ts';
import { checkpointParts } from '../audit/log-keys.ts';
import type { PurgeOptions } from './command.ts';
import { purgeText } from './render.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { count } from '../kit/text.ts';

/** `arx purge`: counts, and with --yes removes, what is older than it is kept. */
export async function purge(io: Io, options: PurgeOptions): Promise<ExitCode> {
  const { config } = await loadSettings(io, options);
  const now = new Date();
  const cut = retentionCut(config, now);
  return withStore(io, async (store) => {
    if (options.dryRun) return tell(io, await duePurge(store, cut), options);
    if (!options.yes) return refuse(io, await duePurge(store, cut), options);
    return tell(io, await remove(io, store, { cut, now, options }), options);
  });
}

interface Removing {
  cut: RetentionCut;
  now: Date;
  options: PurgeOptions;
}

async function remove(io: Io, store: Store, { cut, now, options }: Removing): Promise<Purge> {
  const hush = options.json ?? false;
  const unsigned = await signForPurge(checkpointParts(io, store));
  const due = await duePurge(store, cut);
  if (unsigned !== null) {
    printNote(io, `No checkpoint is made here: ${unsigned}.`);
    printNote(io, 'Entries that no checkpoint covers keep their content.');
  }
  if (isNothing(due)) return due;
  return await carryOutPurge(store, due, { now, ...(!hush && { onPiece: progressOn(io) }) });
}

const A_SECOND = 1_000;

/** A line when another kind of data begins to go, and each second while it does. */
function progressOn(io: Io): (what: string, rows: number) => void {
  const sums = new Map<string, number>();
  let told = 0;
  return (what, rows) => {
    const begins = !sums.has(what);
    const sum = (sums.get(what) ?? 0) + rows;
    sums.set(what, sum);
    if (!begins && Date.now() - told < A_SECOND) return;
    told = Date.now();
    printNote(io, io.colors.err.dim(`removing ${what}: ${count(sum)} so far`));
  };
}

async function tell(
  io: Io,
  result: Purge,
  { dryRun = false, json }: PurgeOptions,
): Promise<ExitCode> {
  if (json) await writeJson(io, { schema: 'arx.purge/v1', dryRun, ...result });
  else await print(io, purgeText(result, { done: !dryRun }, io.colors.out));
  return EXIT.ok;
}

async function refuse(io: Io, due: Purge, options: PurgeOptions): Promise<ExitCode> {
  if (isNothing(due)) return tell(io, due, options);
  if (!options.json) await print(io, purgeText(due, { done: false }, io.colors.out));
  const people = Object.entries(due.users.removed).map(([what, rows]) => `${what}: ${count(rows)}`);
  const entries =
    due.audit.entries > 0 ? [`contents of audit entries: ${count(due.audit.entries)}`] : [];
  throw new CliError({
    code: 'not_confirmed',
    message: `This would be removed for good, and nothing was: ${[...people, ...entries].join(', ')}.`,
    remedy:
      'Back the store up if you may need it, then repeat the command with --yes; --dry-run only counts.',
    exit: EXIT.usage,
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEntry } from '../../audit/types.ts';
import { wordsOfEntry } from '../../services/audit/entry-words.ts';
import type { NamedThing } from '../../store/name-types.ts';
import type { AuditFilter, Store } from '../../store/types.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { printNote, write, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { printPaged } from '../kit/pager.ts';
import { withStore, withStoreOr } from '../kit/store.ts';
import { auditFilterOf } from './filter.ts';
import type { ListOptions } from './filter.ts';
import { auditLine, auditTable } from './render.ts';

/** An entry with its index. */
type Listed = AuditEntry & { index: number };

/** Entries, and the names of the people and things in them. */
interface Reading {
  entries: Listed[];
  names: ReadonlyMap<string, NamedThing>;
}

/** `arx audit list`: who did what to whom, when, and with what result. */
export async function listEntries(io: Io, options: ListOptions): Promise<ExitCode> {
  if (options.follow === true) return followEntries(io, options);
  const { entries, names } = await withStoreOr<Reading>(io, NOTHING, async (store) =>
    readEntries(store, await auditFilterOf(store, options)),
  );
  if (options.json) await writeJson(io, { schema: 'arx.audit/v1', entries, items: entries });
  else {
    const text = entries.length > 0 ? auditTable(entries, names, io.colors.out) : 'No entries.';
    await printPaged(io, text);
  }
  return EXIT.ok;
}

const NOTHING: Reading = { entries: [], names: new Map() };

async function readEntries(
  store: Pick<Store, 'audit' | 'names'>,
  filter: AuditFilter,
): Promise<Reading> {
  const rows = await store.audit.list(filter);
  const entries = rows.map(({ index, entry }) => ({ index, ...entry }));
  return { entries, names: await store.names.ofIds(entries.flatMap(idsIn)) };
}

/** The ids in an entry that may have names. */
export function idsIn(entry: AuditEntry): string[] {
  const { actor, target } = wordsOfEntry(entry);
  return [actor, ...(target === null ? [] : [target])];
}

const POLL_MS = 1_000;
/** Entries that `--follow` prints at first, like `tail`. */
const FIRST = 10;
const BATCH = 1_000;

/** Prints the last entries, then each new one, until interrupted. */
async function followEntries(io: Io, options: ListOptions): Promise<ExitCode> {
  io.holdInterrupts();
  await withOpenStore(io, options, async (store) => {
    const filter = await auditFilterOf(store, options);
    if (!options.json) printNote(io, io.colors.err.dim('following until Ctrl-C'));
    const first = { ...filter, limit: FIRST, newestFirst: true };
    const { entries, names } = await readEntries(store, first);
    await printBatch(io, { entries: entries.toReversed(), names }, options);
    let after = entries[0]?.index ?? filter.after ?? (await store.audit.head()).entries - 1;
    while (!io.signal.aborted) {
      const next = { ...filter, after, limit: BATCH, newestFirst: false };
      const batch = await readEntries(store, next);
      await printBatch(io, batch, options);
      after = batch.entries.at(-1)?.index ?? after;
      await delay(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
    }
  });
  return EXIT.interrupted;
}

/**
 * With the embedded store, joins the stack: a store that is opened for one command only is locked
 * for all others meanwhile.
 */
async function withOpenStore(
  io: Io,
  options: ListOptions,
  task: (store: Store) => Promise<void>,
): Promise<void> {
  const { loadSettings } = await import('../kit/settings.ts');
  const settings = await loadSettings(io, options);
  if (settings.arx.databaseUrl !== null) return withStore(io, task);
  const { openTarget } = await import('../kit/target.ts');
  const target = await openTarget(io, settings, { local: true, dryRun: true });
  try {
    return await task(target.store);
  } finally {
    await target.close();
  }
}

async function printBatch(
  io: Io,
  { entries, names }: Reading,
  { json }: ListOptions,
): Promise<void> {
  if (entries.length === 0) return;
  const text = json
    ? JSON.stringify({ schema: 'arx.audit/v1', entries, items: entries })
    : entries.map((entry) => auditLine(entry, names, io.colors.out)).join('\n');
  await write(io.out, `${text}\n`);
}

/** Copies the entries of the trail to its sink, in order. */

import type { AuditEntry } from '../../audit/types.ts';
import type { Store } from '../types.ts';
import { conflictError } from './errors.ts';
import type { AuditSink } from './types.ts';

/** Entries per append to the sink, and their total length in characters. */
const BATCH = 500;
const BATCH_CHARACTERS = 2_000_000;

export interface ShipperParts {
  store: Pick<Store, 'audit' | 'auditSinks'>;
  sink: AuditSink;
}

/**
 * Copies what the sink does not have yet. Calls that arrive during a pass share the next one, so that
 * each covers every entry that was recorded before it was called.
 */
export class Shipper {
  readonly #parts: ShipperParts;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
  }

  /** Resolves when the sink has every entry recorded so far. Throws SinkError and store errors. */
  async flush(): Promise<void> {
    this.#next ??= this.#startAfter(this.#running);
    await this.#next;
  }

  async #startAfter(running: Promise<void> | null): Promise<void> {
    await running?.catch(() => undefined);
    this.#next = null;
    this.#running = ship(this.#parts);
    await this.#running;
  }
}

async function ship({ store, sink }: ShipperParts): Promise<void> {
  const { entries: end } = await store.audit.head();
  let entries = (await store.auditSinks.find(sink.name))?.entries ?? 0;
  while (entries < end) {
    const texts = await batchAt(store, entries);
    if (texts.length === 0) return;
    entries = await (sink.exclusive
      ? shipAlone({ store, sink }, entries, texts)
      : shipOpenly({ store, sink }, entries, texts));
  }
}

/** The next entries, as stored; at least one if there is one. */
async function batchAt(store: Pick<Store, 'audit'>, first: number): Promise<string[]> {
  const texts: string[] = [];
  let characters = 0;
  for await (const rows of store.audit.pages(BATCH, { after: first - 1, limit: BATCH }))
    for (const { text } of rows) {
      characters += text.length;
      if (texts.length > 0 && characters > BATCH_CHARACTERS) return texts;
      texts.push(text);
    }
  return texts;
}

async function shipOpenly(
  { store, sink }: ShipperParts,
  first: number,
  texts: readonly string[],
): Promise<number> {
  const found = await sink.append(first, texts);
  if (found) await compare({ store, sink }, first, found);
  const entries = first + (found ?? texts).length;
  await store.auditSinks.advance(sink.name, entries);
  return entries;
}

async function shipAlone(
  { store, sink }: ShipperParts,
  first: number,
  texts: readonly string[],
): Promise<number> {
  const found: string[] = [];
  const entries = await store.auditSinks.alone(sink.name, async (now) => {
    // Another process was faster.
    if (now !== first) return now;
    const taken = await sink.append(first, texts);
    found.push(...(taken ?? []));
    return taken ? first : first + texts.length;
  });
  if (found.length === 0) return entries;
  await compare({ store, sink }, first, found);
  await store.auditSinks.advance(sink.name, first + found.length);
  return first + found.length;
}

/** What a killed process has shipped must be what the store has. */
async function compare(
  { store, sink }: ShipperParts,
  first: number,
  found: readonly string[],
): Promise<void> {
  let index = first;
  for await (const rows of store.audit.pages(BATCH, { after: first - 1, limit: found.length }))
    for (const { text } of rows) {
      if (!isSameEntry(text, found[index - first] ?? ''))
        throw conflictError(`entry ${index} in ${sink.name} differs from the store`);
      index += 1;
    }
  if (index < first + found.length)
    throw conflictError(`${sink.name} has entries from ${index} on that the store does not have`);
}

/** The same text, or the same hash where the store has removed the content. */
export function isSameEntry(stored: string, shipped: string): boolean {
  if (stored === shipped) return true;
  const [one, other] = [parse(stored), parse(shipped)];
  return one !== null && 'removed' in one && other !== null && one.hash === other.hash;
}

function parse(text: string): Pick<AuditEntry, 'hash'> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'hash' in value
      ? (value as Pick<AuditEntry, 'hash'>)
      : null;
  } catch {
    return null;
  }
}

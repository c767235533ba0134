/** Parses entries of the System Log for event rules. */

import type { EntryParty, LogEntry } from './types.ts';

/** An entry with its time in epoch milliseconds. */
export interface TimedEntry {
  entry: LogEntry;
  at: number;
}

type Unknown = Readonly<Record<string, unknown>>;

/**
 * Parses an entry from the connector. Missing or invalid fields become null. Returns null for an
 * entry without uuid, type or time.
 */
function readEntry(raw: unknown): TimedEntry | null {
  if (!isObject(raw)) return null;
  const [uuid, eventType, published] = [
    textAt(raw, 'uuid'),
    textAt(raw, 'eventType'),
    textAt(raw, 'published'),
  ];
  const at =
    published !== null && /^\d{4}-\d{2}-\d{2}T/.test(published) ? Date.parse(published) : NaN;
  if (uuid === null || eventType === null || published === null || Number.isNaN(at)) return null;
  const isProxy = own(raw, 'isProxy');
  const entry: LogEntry = {
    uuid,
    published: new Date(at).toISOString(),
    eventType,
    severity: textAt(raw, 'severity'),
    outcome: textAt(raw, 'outcome'),
    reason: textAt(raw, 'reason'),
    actor: partyOf(own(raw, 'actor')),
    targets: listAt(raw, 'targets').flatMap((target) => partyOf(target) ?? []),
    ipAddress: textAt(raw, 'ipAddress'),
    country: textAt(raw, 'country'),
    isProxy: typeof isProxy === 'boolean' ? isProxy : null,
    behaviors: textsAt(raw, 'behaviors'),
    apps: textsAt(raw, 'apps'),
    idps: textsAt(raw, 'idps'),
  };
  return { entry, at };
}

/** Parses entries, each uuid once, ordered by time and then by uuid. */
export function readEntries(raw: readonly unknown[]): { entries: TimedEntry[]; malformed: number } {
  const read = raw.map(readEntry).filter((one) => one !== null);
  const unique = new Map<string, TimedEntry>();
  for (const one of read) if (!unique.has(one.entry.uuid)) unique.set(one.entry.uuid, one);
  return { entries: [...unique.values()].sort(byTime), malformed: raw.length - read.length };
}

const byTime = (a: TimedEntry, b: TimedEntry): number =>
  a.at - b.at || (a.entry.uuid < b.entry.uuid ? -1 : 1);

function partyOf(raw: unknown): EntryParty | null {
  return isObject(raw)
    ? { id: textAt(raw, 'id'), type: textAt(raw, 'type'), login: textAt(raw, 'login') }
    : null;
}

const isObject = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: Unknown, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;
const listAt = (value: Unknown, key: string): readonly unknown[] => {
  const found = own(value, key);
  return Array.isArray(found) ? found : [];
};
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textAt = (value: Unknown, key: string): string | null => {
  const found = own(value, key);
  return isText(found) ? found : null;
};
const textsAt = (value: Unknown, key: string): string[] => listAt(value, key).filter(isText);

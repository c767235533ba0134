import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogEntry } from './types.ts';

/** What was really accepted, in order: kept in memory and, before the answer leaves, in a JSONL file. */
export interface AcceptLog {
  path: string;
  entries: readonly LogEntry[];
  add(entry: Omit<LogEntry, 'seq' | 'at'>): LogEntry;
  close(): void;
}

/** Opens the log; the file is begun anew. Throws where the file cannot be written. */
export function openAcceptLog(path: string): AcceptLog {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w', 0o600);
  const entries: LogEntry[] = [];
  let open = true;
  return {
    path,
    entries,
    add: (entry) => {
      const line: LogEntry = { seq: entries.length + 1, at: new Date().toISOString(), ...entry };
      entries.push(line);
      // A request that outlives the servers must not write to a descriptor that may be somebody else's by then.
      if (open) writeSync(file, `${JSON.stringify(line)}\n`);
      return line;
    },
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** Which entries of the log are wanted; absent fields do not restrict. */
export interface LogFilter {
  vendor?: string;
  write?: boolean;
  accepted?: boolean;
  operation?: string;
  /** Entries after this sequence number. */
  since?: number;
}

/** The entries that a filter lets through, oldest first. */
export function filterLog(entries: readonly LogEntry[], filter: LogFilter): LogEntry[] {
  return entries
    .slice(filter.since ?? 0)
    .filter(
      (entry) =>
        (filter.vendor === undefined || entry.vendor === filter.vendor) &&
        (filter.write === undefined || entry.write === filter.write) &&
        (filter.accepted === undefined || entry.accepted === filter.accepted) &&
        (filter.operation === undefined || entry.operation === filter.operation),
    );
}

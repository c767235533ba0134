import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogEntry } from './types.ts';

/**
 * The log of accepted and refused requests, in order: kept in memory, and written to a JSONL file
 * before the answer is sent.
 */
export interface AcceptLog {
  /** Null if no log is kept. */
  path: string | null;
  entries: readonly LogEntry[];
  add(entry: Omit<LogEntry, 'seq' | 'at'>): void;
  /**
   * Resolves when everything added so far is in the file; all entries of one event loop turn are
   * written at once. Null if nothing is pending.
   */
  waitForFlush(): Promise<void> | null;
  /** Writes pending entries now. Throws if the file cannot be written. */
  flush(): void;
  close(): void;
}

/**
 * Opens the log and truncates its file. Null keeps no log. Throws if the file cannot be written.
 */
export function openAcceptLog(path: string | null): AcceptLog {
  return path === null ? NONE : new FileLog(path);
}

const NONE: AcceptLog = {
  path: null,
  entries: [],
  add: () => undefined,
  waitForFlush: () => null,
  flush: () => undefined,
  close: () => undefined,
};

class FileLog implements AcceptLog {
  readonly path: string;
  readonly entries: LogEntry[] = [];
  readonly #file: number;
  #open = true;
  #pending = '';
  #batch: Promise<void> | null = null;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'w', 0o600);
  }

  add(entry: Omit<LogEntry, 'seq' | 'at'>): void {
    const line: LogEntry = { seq: this.entries.length + 1, at: new Date().toISOString(), ...entry };
    this.entries.push(line);
    this.#pending += `${JSON.stringify(line)}\n`;
  }

  waitForFlush(): Promise<void> | null {
    if (this.#pending === '') return null;
    this.#batch ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#batch = null;
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    return this.#batch;
  }

  flush(): void {
    const lines = Buffer.from(this.#pending);
    this.#pending = '';
    // A request that outlives the servers must not write to a file descriptor that may be in use
    // for something else.
    for (let at = 0; this.#open && at < lines.length;) at += writeSync(this.#file, lines, at);
  }

  close(): void {
    this.flush();
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

/** Selects entries of the log. Absent fields do not restrict. */
export interface LogFilter {
  vendor?: string;
  write?: boolean;
  accepted?: boolean;
  operation?: string;
  /** Entries after this sequence number. */
  since?: number;
}

/** The entries that match a filter, oldest first. */
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

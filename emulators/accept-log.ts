import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogEntry } from './types.ts';

/**
 * What was really accepted, in order: kept in memory and, before the answer leaves, in a JSONL
 * file.
 */
export interface AcceptLog {
  /** Null where no log is kept. */
  path: string | null;
  entries: readonly LogEntry[];
  add(entry: Omit<LogEntry, 'seq' | 'at'>): void;
  /**
   * Resolves when everything added so far is in the file, at once for all of one turn; null where
   * it is already.
   */
  waitForFlush(): Promise<void> | null;
  /** Writes what is still waiting, now. Throws where the file cannot be written. */
  flush(): void;
  close(): void;
}

/**
 * Opens the log; the file is begun anew. Null keeps none. Throws where the file cannot be written.
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
  #waiting = '';
  #batch: Promise<void> | null = null;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'w', 0o600);
  }

  add(entry: Omit<LogEntry, 'seq' | 'at'>): void {
    const line: LogEntry = { seq: this.entries.length + 1, at: new Date().toISOString(), ...entry };
    this.entries.push(line);
    this.#waiting += `${JSON.stringify(line)}\n`;
  }

  waitForFlush(): Promise<void> | null {
    if (this.#waiting === '') return null;
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
    const lines = Buffer.from(this.#waiting);
    this.#waiting = '';
    // A request that outlives the servers must not write to a descriptor that may be somebody
    // else's by then.
    for (let at = 0; this.#open && at < lines.length;) at += writeSync(this.#file, lines, at);
  }

  close(): void {
    this.flush();
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
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

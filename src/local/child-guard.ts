/**
 * Process entry of the guard of a process with children (see guarded.ts). Standard input names the
 * processes to end, one JSON line each; when it closes, they are ended.
 */

import { createInterface } from 'node:readline';
import { endProcess } from './processes.ts';
import type { Guarded, GuardLine } from './guarded.ts';

const GRACE_MS = 5_000;

const guarded = new Map<number, Guarded>();
for await (const line of createInterface({ input: process.stdin })) take(parse(line));
await Promise.all(
  [...guarded.values()].map((id) => endProcess(id, id.graceMs ?? GRACE_MS, id.signal)),
);

function take(line: GuardLine | null): void {
  if (line === null) return;
  if ('end' in line) guarded.set(line.end.pid, line.end);
  else guarded.delete(line.forget);
}

/** Null for a line that is incomplete because the writer was killed. */
function parse(line: string): GuardLine | null {
  try {
    return JSON.parse(line) as GuardLine;
  } catch {
    return null;
  }
}

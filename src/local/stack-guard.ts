/**
 * Process entry of a stack's guard: `node src/local/stack-guard.ts HOME`. It ends the stack of a
 * state folder if the stack is not to be kept and no command that uses it is alive (for example
 * because they were killed), or if its record is lost (for example because the folder was moved).
 * Then it ends itself.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { endIfUnused, rememberRecord } from './stack-unused.ts';
import type { Memory } from './stack-unused.ts';

/**
 * Ten reads of the record per decision, so that the guard knows each part long before that part is
 * ready.
 */
const READ_MS = 100;
const READS_PER_DECISION = 10;

process.once('SIGTERM', () => process.exit(0));
const [home = ''] = process.argv.slice(2);
const memory: Memory = { processes: {}, missedAt: null };
do {
  for (let left = READS_PER_DECISION; left > 0; left--) {
    await delay(READ_MS);
    rememberRecord(home, process.pid, memory);
  }
} while ((await endIfUnused(home, process.pid, memory)) === 'needed');

/**
 * Process entry of a stack's guard: `node src/local/stack-guard.ts HOME` ends the stack of a state
 * folder once it is not kept and no command that uses it lives, which is so where they were killed,
 * or once its record is lost, as where the folder was moved; then it ends itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { endIfUnused, rememberRecord } from './stack-unused.ts';
import type { Memory } from './stack-unused.ts';

/** More often than it decides, so that it remembers each part long before that one is ready. */
const LOOK_MS = 100;
const LOOKS = 10;

process.once('SIGTERM', () => process.exit(0));
const [home = ''] = process.argv.slice(2);
const memory: Memory = { processes: {}, missedAt: null };
do {
  for (let left = LOOKS; left > 0; left--) {
    await delay(LOOK_MS);
    rememberRecord(home, process.pid, memory);
  }
} while ((await endIfUnused(home, process.pid, memory)) === 'needed');

/**
 * Process entry of a stack's guard: `node src/local/stack-guard.ts HOME` ends the stack of a state folder once it is
 * not kept and no command that uses it lives, which is so where they were killed; then it ends itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { endIfUnused } from './stack-unused.ts';

const EVERY_MS = 1_000;

process.once('SIGTERM', () => process.exit(0));
const [home = ''] = process.argv.slice(2);
do await delay(EVERY_MS);
while ((await endIfUnused(home, process.pid)) === 'needed');

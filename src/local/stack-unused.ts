/** What the guard of a stack decides: whether somebody still needs the stack. */
import { existsSync } from 'node:fs';
import { isLocked, withLock } from './lock.ts';
import { endAll } from './stack-end.ts';
import { isNeeded, readState, stackFiles } from './stack-state.ts';

/**
 * Ends the stack of a state folder where nobody needs it any more, and says whether its guard has still something to
 * guard. Whoever starts, joins or ends the stack holds its lock: then nothing is decided here.
 */
export async function endIfUnused(home: string, guardPid: number): Promise<'needed' | 'over'> {
  const { lock } = stackFiles(home);
  if (!existsSync(home)) return 'over';
  const seen = readState(home);
  if ((seen !== null && isNeeded(home, seen)) || isLocked(lock)) return 'needed';
  return await withLock(lock, async () => {
    const state = readState(home);
    if (state?.processes.guard?.pid !== guardPid) return 'over';
    if (isNeeded(home, state)) return 'needed';
    process.stderr.write('no command uses the stack any more: ending it\n');
    await endAll(home, state, 'guard');
    return 'over';
  });
}

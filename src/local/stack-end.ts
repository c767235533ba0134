/**
 * Ends the parts of a stack. A file of its own that loads nothing large, because the guard of a
 * stack uses it too.
 */

import { endProcess } from './processes.ts';
import { ENDING_ORDER, removeState } from './stack-state.ts';
import type { Part, StackState } from './stack-state.ts';

/** How long each part may take after SIGTERM before SIGKILL follows. */
export const GRACE_MS = {
  worker: 20_000,
  temporal: 8_000,
  store: 10_000,
  guard: 2_000,
} satisfies Record<Part, number>;

/**
 * Ends the recorded parts in order and removes the record; `except` is the guard that calls this.
 */
export async function endAll(
  home: string,
  state: StackState,
  except: Part | null = null,
): Promise<void> {
  const all = { ...state.processes };
  if (except !== null) delete all[except];
  await endParts(all);
  removeState(home);
}

/** Ends parts of a stack in order. */
export async function endParts(processes: StackState['processes']): Promise<void> {
  for (const part of ENDING_ORDER) {
    const recorded = processes[part];
    if (recorded !== undefined) await endProcess(recorded, GRACE_MS[part]);
  }
}

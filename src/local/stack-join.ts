/**
 * Joins a running stack: decides which stack may be joined, which one is waited for, and which one
 * is cleared away.
 */

import { ConfigError } from '../config/errors.ts';
import { storeAnswers } from './ports.ts';
import { isAlive } from './processes.ts';
import { endAll } from './stack-end.ts';
import { stackFingerprint } from './stack-start.ts';
import { isNeeded, readSame, readState, usersOf } from './stack-state.ts';
import { namespaceAnswers } from './temporal.ts';
import { waitFor } from './wait.ts';
import type { StackOptions } from './stack-start.ts';
import type { StackState } from './stack-state.ts';

const REMEDY = '`arx up --stop` ends the stack.';
/** The parts that a stack cannot run without. */
const REQUIRED = [
  ['temporal', 'the Temporal server'],
  ['store', 'the store'],
] as const;

/**
 * The state of a stack that this command may use, slow or not; null after clearing away the remains
 * of killed commands. The caller must hold the stack's lock.
 */
export async function findJoinable(options: StackOptions): Promise<StackState | null> {
  const { home, log } = options;
  const state = readState(home);
  if (state === null) return null;
  const dead = deadPart(state);
  const users = usersOf(home);
  if (!isNeeded(home, state) || !state.complete || (dead !== null && users.length === 0)) {
    log(`clearing away the remains of an earlier command in ${home}`);
    await endAll(home, state);
    return null;
  }
  if (state.fingerprint !== stackFingerprint(options)) throw differsError(home, users);
  if (dead !== null) throw brokenError(home, dead, users);
  return state;
}

/**
 * Waits until a joined stack answers; false if it was ended meanwhile, or one of its parts ended.
 */
export async function waitUntilServes(
  { home, log, interrupts }: StackOptions,
  state: StackState,
): Promise<boolean> {
  let unanswered: string[] = [];
  const poll = async (): Promise<boolean | null> => {
    if (readSame(home, state) === null || deadPart(state) !== null) return false;
    const checks = checksOf(state);
    unanswered = checks.map(({ name }) => name);
    await Promise.all(
      checks.map(async ({ name, answers }) => {
        if (await answers()) unanswered = unanswered.filter((other) => other !== name);
      }),
    );
    return unanswered.length === 0 || null;
  };
  const what = () =>
    `${unanswered.join(' and ')} of the stack in ${home}, running but not answering`;
  return await waitFor(poll, { what, remedy: REMEDY, log, interrupts });
}

/** The first required part whose process has ended, as text for messages. */
export function deadPart({ processes }: StackState): string | null {
  for (const [part, name] of REQUIRED) {
    const recorded = processes[part];
    if (recorded !== undefined && !isAlive(recorded)) return `${name} (process ${recorded.pid})`;
  }
  return null;
}

/** For each required part, its name for messages and whether it answers now. */
function checksOf({ processes, temporal, databaseUrl }: StackState) {
  const checks: { name: string; answers: () => Promise<boolean> }[] = [];
  if (processes.temporal !== undefined)
    checks.push({
      name: `the Temporal server (process ${processes.temporal.pid})`,
      answers: () => namespaceAnswers(temporal.address, temporal.namespace),
    });
  if (processes.store !== undefined && databaseUrl !== null)
    checks.push({
      name: `the store (process ${processes.store.pid})`,
      answers: () => storeAnswers(databaseUrl),
    });
  return checks;
}

const differsError = (home: string, users: readonly number[]): ConfigError =>
  new ConfigError(
    'stack_differs',
    `the stack in ${home} (${users.length > 0 ? `used by process ${users.join(', ')}` : 'kept running on request'}) ` +
      'is running with other vendors or credentials than this command uses',
    'Stop it with `arx up --stop`, or set ARX_HOME to another folder to run a second stack.',
  );

const brokenError = (home: string, dead: string, users: readonly number[]): ConfigError =>
  new ConfigError(
    'stack_broken',
    `${dead} of the stack in ${home} has ended, and process ${users.join(', ')} still uses the stack`,
    'End those commands, or the stack with `arx up --stop`; then try again.',
  );

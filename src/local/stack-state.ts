/**
 * What the commands on one state folder know about each other: stack.json, and one file for each
 * command that uses the stack.
 */

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { makeFolder } from '../config/folder.ts';
import { isAlive, ownProcess } from './processes.ts';
import type { ProcessId } from './processes.ts';

/** The Temporal server of a stack. */
export interface TemporalPlace {
  address: string;
  namespace: string;
  uiUrl: string | null;
  /** Path of the CLI that serves it; absent if the server runs elsewhere. */
  executable?: string;
}

/**
 * Contents of stack.json. A part that runs elsewhere (TEMPORAL_ADDRESS, DATABASE_URL) has no
 * process.
 */
export interface StackState {
  /** SHA-256 of everything that two commands must have in common to share a stack. */
  fingerprint: string;
  /** False while the stack is starting. */
  complete: boolean;
  /** True if the stack keeps running after the last command has left. */
  kept: boolean;
  temporal: TemporalPlace;
  /**
   * With the password of the embedded store; null if DATABASE_URL is used, which may contain someone
   * else's password.
   */
  databaseUrl: string | null;
  workerMetricsUrl: string | null;
  /** `guard` ends the others once no command uses them any more. */
  processes: { worker?: ProcessId; temporal?: ProcessId; store?: ProcessId; guard?: ProcessId };
}

/**
 * The order in which the parts are ended. The guard is last, so that it can finish what a killed
 * command began.
 */
export const ENDING_ORDER = ['worker', 'temporal', 'store', 'guard'] as const;

export type Part = (typeof ENDING_ORDER)[number];

/** Files of a state folder. */
export function stackFiles(home: string) {
  return {
    lock: join(home, 'stack.lock'),
    state: join(home, 'stack.json'),
    users: join(home, 'users'),
    logs: join(home, 'logs'),
    temporalDb: join(home, 'temporal.db'),
    postgres: join(home, 'postgres'),
  };
}

export function fingerprintOf(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * The recorded state; null if there is none. Throws ConfigError `stack_record` if the record is
 * damaged.
 */
export function readState(home: string): StackState | null {
  const record = readRecord(home);
  if (record === 'damaged') throw damageError(stackFiles(home).state);
  return record;
}

/** The recorded state; null if there is none. */
export function readRecord(home: string): StackState | 'damaged' | null {
  try {
    const found: unknown = JSON.parse(readFileSync(stackFiles(home).state, 'utf8'));
    return isState(found) ? found : 'damaged';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
      ? null
      : 'damaged';
  }
}

export function writeState(home: string, state: StackState): void {
  const { state: file } = stackFiles(home);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeState(home: string): void {
  rmSync(stackFiles(home).state, { force: true });
}

/** Registers this process as a user of the stack; returns the entry to pass to `unregisterUser`. */
export function registerUser(home: string): string {
  const { users } = stackFiles(home);
  makeFolder(users, 0o700);
  const name = `${process.pid}.${randomUUID()}`;
  // Written under another name first, so that a reader does not mistake it for the broken entry of
  // a dead process.
  const aside = join(home, `${name}.new`);
  writeFileSync(aside, JSON.stringify(ownProcess()));
  renameSync(aside, join(users, name));
  return join(users, name);
}

export function unregisterUser(entry: string): void {
  rmSync(entry, { force: true });
}

/** Pids of the live commands that use the stack; removes the entries of dead ones. */
export function usersOf(home: string): number[] {
  const { users } = stackFiles(home);
  return list(users).flatMap((name) => {
    const user = readUser(join(users, name));
    if (user !== null && isAlive(user)) return [user.pid];
    rmSync(join(users, name), { force: true });
    return [];
  });
}

/**
 * Whether a stack must keep running: on request, or because a live command uses it. Changes
 * nothing, so it needs no lock.
 */
export function isNeeded(home: string, state: StackState): boolean {
  const { users } = stackFiles(home);
  return state.kept || list(users).some((name) => isUser(join(users, name)));
}

function isUser(file: string): boolean {
  const user = readUser(file);
  return user !== null && isAlive(user);
}

/**
 * The recorded state if it still belongs to this stack; null if the stack was ended, or its record
 * is lost.
 */
export function readSame(home: string, { processes }: StackState): StackState | null {
  const record = readRecord(home);
  const now = record === 'damaged' ? null : record;
  const same = (part: 'temporal' | 'store'): boolean =>
    now?.processes[part]?.pid === processes[part]?.pid &&
    now?.processes[part]?.started === processes[part]?.started;
  return same('temporal') && same('store') ? now : null;
}

function isState(value: unknown): value is StackState {
  if (!isObject(value) || !isObject(value.temporal) || !isObject(value.processes)) return false;
  const { fingerprint, complete, kept, temporal, databaseUrl, processes } = value;
  const texts = [fingerprint, temporal.address, temporal.namespace];
  const flags = [complete, kept];
  return (
    texts.every((text) => typeof text === 'string') &&
    flags.every((flag) => typeof flag === 'boolean') &&
    (databaseUrl === null || typeof databaseUrl === 'string') &&
    ENDING_ORDER.every((part) => processes[part] === undefined || isProcessId(processes[part]))
  );
}

const isProcessId = (value: unknown): value is ProcessId =>
  isObject(value) &&
  Number.isInteger(value.pid) &&
  Number(value.pid) > 0 &&
  typeof value.started === 'string';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function damageError(file: string): ConfigError {
  const pids = legibleProcesses(file).filter(isAlive);
  const first =
    pids.length > 0
      ? `Wait until the guard of the stack has ended it, or end process ${pids.map(({ pid }) => pid).join(', ')}`
      : 'Wait a few seconds: the guard of a stack that still runs ends it';
  return new ConfigError(
    'stack_record',
    `the record of the stack, ${file}, is damaged`,
    `${first}; then remove that file and try again.`,
    { file },
  );
}

/** The processes that a damaged record still names. */
function legibleProcesses(file: string): ProcessId[] {
  try {
    const found = readFileSync(file, 'utf8').matchAll(/"pid":\s*(\d+),\s*"started":\s*"([^"]+)"/g);
    return [...found].map(([, pid, started = '']) => ({ pid: Number(pid), started }));
  } catch {
    return [];
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readUser(file: string): ProcessId | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessId;
  } catch {
    return null;
  }
}

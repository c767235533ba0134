/** What the commands on one state folder know of each other: stack.json, and one file for each command that uses it. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../config/folder.ts';
import { isAlive, ownProcess } from './processes.ts';
import type { ProcessId } from './processes.ts';

/** Contents of stack.json. A part that runs elsewhere (TEMPORAL_ADDRESS, DATABASE_URL) has no process. */
export interface StackState {
  /** SHA-256 of everything that two commands must have in common to share a stack. */
  fingerprint: string;
  /** False while it is being started. */
  complete: boolean;
  /** True where it is to stay when the last command leaves. */
  kept: boolean;
  temporal: { address: string; namespace: string; uiUrl: string | null };
  /** Null where DATABASE_URL is used: it may hold a password. */
  databaseUrl: string | null;
  workerMetricsUrl: string | null;
  processes: { worker?: ProcessId; temporal?: ProcessId; store?: ProcessId };
}

/** The order in which the parts are ended. */
export const ENDING_ORDER = ['worker', 'temporal', 'store'] as const;

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

/** Null where there is no state or it cannot be read. */
export function readState(home: string): StackState | null {
  try {
    return JSON.parse(readFileSync(stackFiles(home).state, 'utf8')) as StackState;
  } catch {
    return null;
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

/** Enters this process among those that use the stack; gives the entry that `leave` takes away. */
export function enter(home: string): string {
  const { users } = stackFiles(home);
  makeFolder(users, 0o700);
  const entry = join(users, `${process.pid}.${randomUUID()}`);
  writeFileSync(entry, JSON.stringify(ownProcess()));
  return entry;
}

export function leave(entry: string): void {
  rmSync(entry, { force: true });
}

/** Pids of the live commands that use the stack; entries of dead ones are removed. */
export function usersOf(home: string): number[] {
  const { users } = stackFiles(home);
  return list(users).flatMap((name) => {
    const user = readUser(join(users, name));
    if (user !== null && isAlive(user)) return [user.pid];
    rmSync(join(users, name), { force: true });
    return [];
  });
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

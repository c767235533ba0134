import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { readState } from '../../src/local/stack-state.ts';
import { startTestChild } from './children.ts';

const CLI = resolve('src/cli.ts');

/** How a command ended and what it printed. */
export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** A running command. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Outcome>;
  /** Waits until standard error matches; throws with its whole text if the command ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same for standard output. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
}

/** What `arx up --json` prints. */
export interface UpDocument {
  temporal: { address: string; namespace: string };
  databaseUrl: string;
  server: string | null;
}

/** Runs `arx` as a process in a folder with a separate environment; it ends with the test. */
export class CommandLine {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = env;
  }

  start(argv: readonly string[], extra: Record<string, string> = {}): Running {
    const { PATH, HOME, TEMPORAL_CLI_PATH } = process.env;
    const machine = { PATH, HOME, ...(TEMPORAL_CLI_PATH ? { TEMPORAL_CLI_PATH } : {}) };
    const env = { ...machine, ...this.#env, ...extra };
    const child = startTestChild(process.execPath, [CLI, ...argv], { cwd: this.#folder, env });
    const pieces = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (pieces.out += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (pieces.err += piece));
    const ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      ...pieces,
    }));
    return {
      child,
      ended,
      says: (pattern) => said({ stream: child.stderr, ended, pattern, text: () => pieces.err }),
      prints: (pattern) => said({ stream: child.stdout, ended, pattern, text: () => pieces.out }),
    };
  }

  run(argv: readonly string[], extra: Record<string, string> = {}): Promise<Outcome> {
    return this.start(argv, extra).ended;
  }

  /** The one document of a command that must end with `expected`. */
  async document<Shape>(
    argv: readonly string[],
    expected = 0,
    extra: Record<string, string> = {},
  ): Promise<Shape> {
    const { code, out, err } = await this.run([...argv, '--json'], extra);
    expect(code, err + out).toBe(expected);
    return JSON.parse(out) as Shape;
  }

  /** The address of the store of the running stack with its password, which `arx up` masks. */
  storeUrl(): string {
    return storeUrlIn(`${this.#env['ARX_HOME']}`);
  }

  /** Starts `arx up` and waits until it has printed its addresses. */
  async up(): Promise<Running & { document: UpDocument }> {
    const running = this.start(['up', '--json']);
    let out = '';
    running.child.stdout!.on('data', (piece: string) => (out += piece));
    while (!out.endsWith('}\n')) {
      const more = once(running.child.stdout!, 'data').then(() => null);
      const end = await Promise.race([running.ended, more]);
      if (end) throw new Error(`arx up ended: ${end.err}${end.out}`);
    }
    return { ...running, document: JSON.parse(out) as UpDocument };
  }
}

/** The address with password of the store whose stack runs in a state folder. */
export const storeUrlIn = (home: string): string => readState(home)?.databaseUrl ?? '';

interface Said extends Pick<Running, 'ended'> {
  stream: Readable;
  pattern: RegExp;
  text: () => string;
}

async function said({ stream, ended, pattern, text }: Said): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(text());
    if (found) return found;
    const more = once(stream, 'data').then(() => null);
    const end = await Promise.race([ended, more]);
    if (end && !pattern.test(text()))
      throw new Error(`ended with ${end.code}: ${end.err}${end.out}`);
  }
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../processes/', import.meta.url);

/** A script of bench/processes at work. */
export interface Child<Result> {
  /** Resolves with its first line; rejects where it fails before. */
  ready: Promise<void>;
  /** The JSON of its last line. */
  finished: Promise<Result>;
  /** Gives it a line to read. */
  tell(line: string): void;
  /** Asks it to come to an end: closes its stdin. */
  finish(): void;
  kill(): void;
}

/**
 * Starts a script of bench/processes with `job` as a line on stdin, without the proxies of this
 * shell.
 */
export function startChild<Result>(
  name: string,
  job: unknown,
  env: Record<string, string> = {},
): Child<Result> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, FOLDER))], {
    env: { ...direct(process.env), ...direct(env) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  const written: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<void>((resolve) => lines.once('line', () => resolve()));
  lines.on('line', (line) => written.push(line));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ended = Promise.all([text(child.stderr), closed]).then(([errors, code]) => {
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors}`);
  });
  const ready = Promise.race([first, ended]);
  const finished = ended.then(() => JSON.parse(written.at(-1) ?? '') as Result);
  // Who waits for one of them only must not be ended by the other.
  for (const one of [ready, finished]) one.catch(() => undefined);
  return {
    ready,
    finished,
    tell: (line) => void child.stdin.write(`${line}\n`),
    finish: () => child.stdin.end(),
    kill: () => void child.kill('SIGKILL'),
  };
}

// The Okta SDK would send loopback requests through them.
const direct = (env: Record<string, string | undefined>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^https?_proxy$/i.test(name)));

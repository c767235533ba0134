import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';

const FOLDER = new URL('../processes/', import.meta.url);

/** A script of bench/processes at work: `finished` is the JSON it prints last. */
export interface Child<Result> {
  finished: Promise<Result>;
  /** Asks it to come to an end: closes its stdin. */
  finish(): void;
  kill(): void;
}

/** Starts a script of bench/processes with `job` as a line on stdin, without the proxies of this shell. */
export function startChild<Result>(name: string, job: unknown, env: Record<string, string> = {}): Child<Result> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, FOLDER))], {
    env: { ...direct(process.env), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const finished = Promise.all([text(child.stdout), text(child.stderr), ended]).then(([out, errors, code]) => {
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors}`);
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Result;
  });
  return { finished, finish: () => child.stdin.end(), kill: () => void child.kill('SIGKILL') };
}

// The Okta SDK would send loopback requests through them.
const direct = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^https?_proxy$/i.test(name)));

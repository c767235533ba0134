import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT_WITH_PARENT } from '../../src/parent.ts';

/** The HTTP server in a separate process. */
export interface ServerProcess {
  pid: number;
  url: string;
  /** Everything it wrote to stderr so far. */
  output(): string;
  /** Ends it as an operator would, and returns its exit code. */
  stop(): Promise<number | null>;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** Starts `src/server.ts` on a free port. Throws with its first line if it does not start. */
export async function startServerProcess(
  env: Record<string, string>,
  cwd: string,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [resolve(ROOT, 'src/server.ts'), EXIT_WITH_PARENT], {
    env: { ...env, ARX_SERVER_ADDRESS: '127.0.0.1:0' },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const exited = new Promise<number | null>((ended) => child.once('exit', ended));
  const first = await Promise.race([
    new Promise<string>((line) => createInterface({ input: child.stdout }).once('line', line)),
    exited.then((code) =>
      Promise.reject(new Error(`the server ended with ${code}: ${written.join('')}`)),
    ),
  ]);
  const { ready, url } = JSON.parse(first) as { ready?: boolean; url: string };
  if (!ready) throw new Error(`the server did not start: ${first}`);
  return {
    pid: child.pid ?? 0,
    url,
    output: () => written.join(''),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withPrivateUmask } from '../../config/umask.ts';
import { EXIT_WITH_PARENT } from '../../parent.ts';
import { freePortFrom } from './free-port.ts';

const ENTRY = fileURLToPath(new URL('../../server.ts', import.meta.url));
/** Where the server of an embedded stack listens, unless ARX_SERVER_ADDRESS names an address. */
const OWN_HOST = '127.0.0.1';
const USUAL_PORT = 8480;
const ATTEMPTS = 5;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The HTTP server next to an embedded stack, as a child process of the command that runs the stack.
 */
interface ServerChild {
  /** Null if it did not start; `problem` says why. */
  url: string | null;
  problem: string | null;
  /** The usual port, if it was taken and another one is used. */
  instead: number | null;
  close(): Promise<void>;
}

/**
 * Starts the server with this environment and reads its first line. Its port is that of
 * ARX_SERVER_ADDRESS, else 8480 or the next free one. It ends with the command, even if that is
 * killed.
 */
export async function startServer(env: Env): Promise<ServerChild> {
  const given = env['ARX_SERVER_ADDRESS'];
  if (given) return startAt(env, given, null);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePortFrom(USUAL_PORT, OWN_HOST);
    const instead = port === USUAL_PORT ? null : USUAL_PORT;
    const server = await startAt(env, `${OWN_HOST}:${port ?? 0}`, instead);
    // Another stack that started at the same moment may have been quicker.
    const isTaken = server.problem !== null && /EADDRINUSE/.test(server.problem);
    if (!isTaken || attempt === ATTEMPTS) return server;
  }
}

async function startAt(env: Env, address: string, instead: number | null): Promise<ServerChild> {
  const child = withPrivateUmask(() =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, EXIT_WITH_PARENT], {
      env: { ...env, ARX_SERVER_ADDRESS: address } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  );
  const message = await firstLine(child);
  const url = typeof message['url'] === 'string' ? message['url'] : null;
  const problem = url === null ? `${message['message'] ?? 'it ended without a message'}` : null;
  return { url, problem, instead, close: () => end(child) };
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  if (!child.stdout) return {};
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return JSON.parse(line) as Record<string, unknown>;
  }
  return {};
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((ended) => {
    child.once('exit', () => ended());
    child.kill('SIGTERM');
  });
}

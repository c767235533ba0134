import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withPrivateUmask } from '../../config/umask.ts';
import { EXIT_WITH_PARENT } from '../../parent.ts';

const ENTRY = fileURLToPath(new URL('../../server.ts', import.meta.url));
/**
 * Default address of the server of an embedded stack: any free port, so that stacks do not collide.
 */
const OWN_PORT = '127.0.0.1:0';

/**
 * The HTTP server next to an embedded stack, as a child process of the command that runs the stack.
 */
interface ServerChild {
  /** Null if it did not start; `problem` says why. */
  url: string | null;
  problem: string | null;
  close(): Promise<void>;
}

/**
 * Starts the server with this environment and reads its first line. It ends with the command, even
 * if that is killed.
 */
export async function startServer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerChild> {
  const address = env['ARX_SERVER_ADDRESS'] ?? OWN_PORT;
  const child = withPrivateUmask(() =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, EXIT_WITH_PARENT], {
      env: { ...env, ARX_SERVER_ADDRESS: address } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  );
  const message = await firstLine(child);
  const url = typeof message['url'] === 'string' ? message['url'] : null;
  const problem = url === null ? `${message['message'] ?? 'it ended without a message'}` : null;
  return { url, problem, close: () => end(child) };
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

/** Starts stand-ins for commands that share an embedded stack, each in a separate process. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startTestChild } from './children.ts';

const STAND_INS = join(import.meta.dirname, '../unit/local/stand-ins');

/** Fast stand-ins for worker and store. */
export const entries = { worker: join(STAND_INS, 'worker.ts'), store: join(STAND_INS, 'store.ts') };

/** The first line of such a command. */
export interface Answer {
  ok: boolean;
  joined: boolean;
  worker: number;
  address: string;
  code?: string;
}

export type StackCommand = ReturnType<StackCommands['start']>;

export class StackCommands {
  readonly #started: { kill: () => void; ended: Promise<unknown> }[] = [];

  /** Starts a command on a state folder; `said` is its first line. */
  start(home: string, env: Record<string, string> = {}) {
    const child = startTestChild(process.execPath, [join(STAND_INS, 'command.ts'), home, 'a'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const ended = new Promise<number | string | null>((resolve) =>
      child.once('exit', (code, sig) => resolve(sig ?? code)),
    );
    let log = '';
    child.stderr!.on('data', (chunk) => (log += String(chunk)));
    const said = new Promise<Answer>((resolve, reject) => {
      createInterface(child.stdout!).once('line', (line) => resolve(JSON.parse(line) as Answer));
      void ended.then((how) => reject(new Error(`ended with ${how}: ${log}`)));
    });
    said.catch(() => undefined);
    const kill = (signal: NodeJS.Signals = 'SIGKILL') => void child.kill(signal);
    this.#started.push({ kill, ended });
    return {
      said,
      ended,
      kill,
      send: (line: string) => child.stdin!.write(`${line}\n`),
      log: () => log,
    };
  }

  async killAll(): Promise<void> {
    for (const { kill, ended } of this.#started.splice(0)) {
      kill();
      await ended;
    }
  }
}

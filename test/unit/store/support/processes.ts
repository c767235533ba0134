import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startTestChild } from '../../../support/children.ts';

/** A child that appends, with its acknowledged ids so far. */
export interface Appender {
  acknowledged: string[];
  /** Resolves when `count` ids are acknowledged or the child has ended. */
  reached(count: number): Promise<void>;
  kill(): void;
  /** Resolves with exit code or signal. */
  ended: Promise<number | string>;
}

const ENTRY = fileURLToPath(new URL('./append-process.ts', import.meta.url));

/** Starts `append-process.ts` against a database. */
export function startAppender(databaseUrl: string, tag: string, count: number): Appender {
  const child = startTestChild(process.execPath, [ENTRY, databaseUrl, tag, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const ended = endOf(child);
  let rest = '';
  const stdout = child.stdout!;
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    acknowledged.push(...lines);
  });
  const reached = async (target: number): Promise<void> => {
    while (acknowledged.length < target) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await Promise.race([once(stdout, 'data'), ended]);
    }
  };
  return { acknowledged, reached, ended, kill: () => void child.kill('SIGKILL') };
}

/** Waits for the output too: `close` comes after the pipes are read to their end. */
async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return code ?? signal ?? 'unknown';
}

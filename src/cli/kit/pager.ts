import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { write } from './io.ts';
import type { Io } from './io.ts';
import { fitLines } from './width.ts';

/**
 * Prints a long text at a terminal through a pager: PAGER, or less, which ends by itself if the text
 * fits the screen. Elsewhere, with PAGER=cat, and if the pager cannot be started, the text is
 * printed as it is.
 */
export async function printPaged(io: Io, text: string): Promise<void> {
  const shown = fitLines(text, io.colors.out);
  const whole = `${shown}\n`;
  const lines = shown.split('\n').length;
  const fits = lines < (io.out.rows ?? Infinity);
  const isShown = io.out.isTTY !== true || fits || io.env.PAGER === 'cat' || io.env.TERM === 'dumb';
  if (isShown || !(await page(io, whole))) await write(io.out, whole);
}

/** True if a pager has shown the text, also if the reader left it early. */
async function page(io: Io, text: string): Promise<boolean> {
  const command = io.env.PAGER || 'less';
  // The options are those of git: quit if it fits, keep colours, leave the text on the screen.
  const env = { LESS: 'FRX', ...io.env };
  const pager = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
  const release = io.holdInterrupts();
  pager.stdin.on('error', () => undefined);
  pager.stdin.end(text);
  const [code] = (await once(pager, 'exit').catch(() => [NOT_FOUND])) as [number | null];
  release();
  return code !== NOT_FOUND;
}

/** What a shell answers for a command that does not exist. */
const NOT_FOUND = 127;

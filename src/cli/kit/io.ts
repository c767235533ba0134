/** The streams, colours and interrupts that a command works with. */

import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import { fitLines } from './width.ts';

/** Where a command writes: data to `out`, messages for the user to `err`. */
export interface Io {
  readonly out: Writable & Terminal;
  readonly err: Writable & Terminal;
  /** Standard input; opened only by commands that read it. */
  readonly input: () => Readable & Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Colours for `out` and `err`; plain if that stream is not a terminal or NO_COLOR is set. */
  readonly colors: { out: Colors; err: Colors };
  /** Whether progress bars may be drawn on `err`. */
  readonly interactive: boolean;
  /** Whether notes are printed that are otherwise printed once (`--verbose`). */
  readonly verbose: boolean;
  /** Aborted by Ctrl-C or SIGTERM once a command handles interrupts itself (`holdInterrupts`). */
  readonly signal: AbortSignal;
  /**
   * Makes the command handle interrupts itself. The returned function undoes this: signals end the
   * command at once again.
   */
  holdInterrupts(): () => void;
}
/**
 * The colours of a stream, and the width of its terminal in columns. The width is absent if the
 * stream is not a terminal: text for files and other programs is neither narrowed nor shortened.
 */
export type Colors = ReturnType<typeof pc.createColors> & { readonly width?: number };

interface Terminal {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Creates an Io over two streams. */
export function createIo(parts: {
  out: Writable;
  err: Writable;
  env: Io['env'];
  signal: AbortSignal;
  input?: Io['input'];
  onHold?: () => () => void;
  verbose?: boolean;
}): Io {
  const colours = (stream: Writable & Terminal): Colors => {
    const isTerminal = stream.isTTY === true;
    const width = widthIn(parts.env) ?? (isTerminal ? stream.columns : undefined);
    return {
      ...pc.createColors(pc.isColorSupported && isTerminal && !parts.env.NO_COLOR),
      ...(width === undefined ? {} : { width: Math.max(NARROWEST, width) }),
    };
  };
  return {
    out: parts.out,
    err: parts.err,
    input: parts.input ?? (() => process.stdin),
    env: parts.env,
    colors: { out: colours(parts.out), err: colours(parts.err) },
    interactive: Boolean((parts.err as Terminal).isTTY) && parts.env.TERM !== 'dumb',
    verbose: parts.verbose ?? false,
    signal: parts.signal,
    holdInterrupts: () => parts.onHold?.() ?? (() => undefined),
  };
}

const NARROWEST = 40;

/** The width that the user sets, which also holds for output that is no terminal. */
function widthIn(env: Io['env']): number | undefined {
  const columns = env.COLUMNS ?? '';
  return /^[1-9]\d{0,3}$/.test(columns) ? Number(columns) : undefined;
}

/**
 * Writes, and waits until the stream has accepted the text, so that large documents do not
 * accumulate in memory.
 */
export function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes one JSON document, followed by a newline. */
export const writeJson = (io: Io, document: unknown): Promise<void> =>
  write(io.out, `${JSON.stringify(document, null, 2)}\n`);

/** Prints a line for the user, on standard error. */
export const printNote = (io: Io, line = ''): void =>
  void io.err.write(`${fitLines(line, io.colors.err)}\n`);

/** Prints a line of data, on standard output. */
export const print = (io: Io, line = ''): Promise<void> =>
  write(io.out, `${fitLines(line, io.colors.out)}\n`);

/** The interrupts in the form that src/local expects. */
export const interruptsOf = (io: Io): { signal: AbortSignal; hold: () => () => void } => ({
  signal: io.signal,
  hold: () => io.holdInterrupts(),
});

const LONG_MS = 2 ** 30;

/**
 * Resolves when the user interrupts, or when `over` resolves; keeps the process alive until then.
 */
export function untilInterrupted(io: Io, over?: Promise<void>): Promise<void> {
  io.holdInterrupts();
  return new Promise((resolve) => {
    // A promise and signal handlers alone do not keep Node running.
    const alive = setInterval(() => undefined, LONG_MS);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    void over?.then(end);
    if (io.signal.aborted) end();
    else io.signal.addEventListener('abort', end, { once: true });
  });
}

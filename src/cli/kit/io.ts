import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** Where a command writes: data to `out`, everything meant for a person's eye to `err`. */
export interface Io {
  readonly out: Writable;
  readonly err: Writable & Terminal;
  /** What is typed or piped in; taken hold of only by what reads it. */
  readonly input: () => Readable & Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Colours for what goes to `out` and to `err`; plain where that stream is no terminal or NO_COLOR
   * is set.
   */
  readonly colors: { out: Colors; err: Colors };
  /** Progress bars may be drawn on `err`. */
  readonly interactive: boolean;
  /**
   * Aborted by Ctrl-C or SIGTERM once a command has said that it looks after that itself
   * (`holdInterrupts`).
   */
  readonly signal: AbortSignal;
  /** Gives what takes it back: from then on a signal ends the command at once again. */
  holdInterrupts(): () => void;
}
export type Colors = ReturnType<typeof pc.createColors>;

interface Terminal {
  isTTY?: boolean;
}

/** Builds an Io over two streams. */
export function createIo(parts: {
  out: Writable;
  err: Writable;
  env: Io['env'];
  signal: AbortSignal;
  input?: Io['input'];
  onHold?: () => () => void;
}): Io {
  const colours = (stream: Writable): Colors =>
    pc.createColors(
      pc.isColorSupported && Boolean((stream as Terminal).isTTY) && !parts.env.NO_COLOR,
    );
  return {
    out: parts.out,
    err: parts.err,
    input: parts.input ?? (() => process.stdin),
    env: parts.env,
    colors: { out: colours(parts.out), err: colours(parts.err) },
    interactive: Boolean((parts.err as Terminal).isTTY) && parts.env.TERM !== 'dumb',
    signal: parts.signal,
    holdInterrupts: () => parts.onHold?.() ?? (() => undefined),
  };
}

/**
 * Writes and waits until the stream has taken it, so that large documents do not pile up in memory.
 */
export function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** One JSON document with a line end. */
export const writeJson = (io: Io, document: unknown): Promise<void> =>
  write(io.out, `${JSON.stringify(document, null, 2)}\n`);

/** A line for the person, on standard error. */
export const say = (io: Io, line = ''): void => void io.err.write(`${line}\n`);

/** A line of data, on standard output. */
export const print = (io: Io, line = ''): Promise<void> => write(io.out, `${line}\n`);

/** Interrupts as a wait in another room takes them. */
export const interruptsOf = (io: Io): { signal: AbortSignal; hold: () => () => void } => ({
  signal: io.signal,
  hold: () => io.holdInterrupts(),
});

const LONG_MS = 2 ** 30;

/** Resolves when the person interrupts, or `over` does; keeps the process alive until then. */
export function untilInterrupted(io: Io, over?: Promise<void>): Promise<void> {
  io.holdInterrupts();
  return new Promise((resolve) => {
    // A promise and signal handlers alone do not: without other work Node would end.
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

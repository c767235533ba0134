import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { interruptionError } from './errors.ts';
import type { Io } from './io.ts';

/** Asks the user at the terminal, one question at a time. */
export interface Prompt {
  /**
   * The typed line; `hidden` ones are not echoed. Throws CliError `interrupted` on Ctrl-C and at
   * the end of input.
   */
  ask(what: { question: string; hidden: boolean }): Promise<string>;
  close(): void;
}

/** Asks on standard error, so that standard output contains only data. */
export function openPrompt(io: Io): Prompt {
  // Input is echoed only while a question is open: text typed ahead may be a secret.
  let muted = true;
  const output = new Writable({
    // Synchronous, so that no input is treated according to a later question.
    write: (piece: Buffer, _, done) => {
      if (!muted) io.err.write(piece);
      done();
    },
  });
  const lines = createInterface({ input: io.input(), output, terminal: true, historySize: 0 });
  lines.on('line', () => (muted = true));
  const typed = lines[Symbol.asyncIterator]();
  return {
    async ask({ question, hidden }) {
      // Set before the question is shown, because an answer may follow at once.
      muted = hidden;
      lines.setPrompt(question);
      io.err.write(question);
      const { value, done } = await typed.next();
      if (hidden) io.err.write('\n');
      if (done)
        throw interruptionError('Interrupted: nothing was stored.', 'Run the command again.');
      return value as string;
    },
    close: () => lines.close(),
  };
}

import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { EXIT } from './kit/exit.ts';
import type { ExitCode } from './kit/exit.ts';
import { errorDocument, toCliError } from './kit/errors.ts';
import type { CliError } from './kit/errors.ts';
import { say, writeJson } from './kit/io.ts';
import type { Io } from './kit/io.ts';
import { plain, plainLines } from './kit/text.ts';

/**
 * Runs one command line (without `node` and the script) and resolves to its exit code; never
 * throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = wantsJson(argv);
  let exit: ExitCode = EXIT.ok;
  const program = buildProgram({
    out: (text) => io.out.write(text),
    err: (text) => (json ? undefined : io.err.write(text)),
    json,
    run: async (task) => {
      exit = await task(io);
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (thrown) {
    return report(io, json, thrown);
  }
}

/** `--json` before a bare `--` asks for documents, errors included. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

async function report(io: Io, json: boolean, thrown: unknown): Promise<number> {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
  const error = describe(thrown);
  if (json) await writeJson(io, errorDocument(error));
  // commander has already told the person about its own errors
  else if (!(thrown instanceof CommanderError)) tell(io, error);
  return error.exit;
}

/** commander's `(outputHelp)` says nothing to a script; say what is missing instead. */
function describe(thrown: unknown): CliError {
  const missing = thrown instanceof CommanderError && thrown.code === 'commander.help';
  return toCliError(missing ? new CommanderError(1, thrown.code, 'a command is missing') : thrown);
}

function tell(io: Io, error: CliError): void {
  const { red, dim } = io.colors.err;
  say(io, `${red('error:')} ${plainLines(error.message)}`);
  const place = placeText(error);
  if (place) say(io, dim(`  at ${plain(place)}`));
  say(io, `  ${plain(error.remedy)}`);
  for (const other of error.others) tell(io, other);
}

function placeText({ where }: CliError): string {
  if (!where) return '';
  const position = [where.file, where.line, where.column]
    .filter((part) => part !== undefined)
    .join(':');
  return [position, where.path ? `(${where.path})` : ''].filter(Boolean).join(' ');
}

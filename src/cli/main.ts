import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { buildProgram } from './program.ts';
import { EXIT } from './kit/exit.ts';
import type { ExitCode } from './kit/exit.ts';
import { errorDocument, toCliError, usageError } from './kit/errors.ts';
import type { CliError } from './kit/errors.ts';
import { printNote, writeJson } from './kit/io.ts';
import type { Io } from './kit/io.ts';
import { plain, plainLines } from './kit/text.ts';
import { fitLines } from './kit/width.ts';

/**
 * Runs one command line (without `node` and the script) and resolves to its exit code; never
 * throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = wantsFlag(argv, '--json');
  const verbose = wantsFlag(argv, '-v') || wantsFlag(argv, '--verbose');
  let exit: ExitCode = EXIT.ok;
  const program = buildProgram({
    out: (text) => io.out.write(text),
    err: (text) => (json ? undefined : io.err.write(fitLines(text, io.colors.err))),
    json,
    run: async (task) => {
      exit = await task({ ...io, verbose });
    },
  });
  try {
    refusePython(argv);
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (thrown) {
    return reportError(io, json, explainMissingCommand(thrown, program, argv));
  }
}

/** Workflows are built in; the first documents about arx ran them from Python files. */
function refusePython(argv: readonly string[]): void {
  const [verb = '', ...words] = argv.filter((word) => !word.startsWith('-'));
  const file = words.find((word) => /\.py$/i.test(word));
  if (file === undefined || !['run', 'register'].includes(verb)) return;
  throw usageError(
    `${plain(file)} is a Python file, and arx has its workflows built in.`,
    'Use `arx run mfa-enforcement-check` or `arx register`. docs/coming-from-project-agent.md has the other names.',
  );
}

/** Whether a flag that all commands share is given before a bare `--`. */
function wantsFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes(flag);
}

async function reportError(io: Io, json: boolean, thrown: unknown): Promise<number> {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
  const error = toCliError(thrown);
  if (json) await writeJson(io, errorDocument(error));
  // commander has already printed its own errors
  else if (!(thrown instanceof CommanderError)) printError(io, error);
  return error.exit;
}

/**
 * commander's message `(outputHelp)` does not help a script, so it is replaced by what is missing.
 */
function explainMissingCommand(
  thrown: unknown,
  program: Command,
  argv: readonly string[],
): unknown {
  if (!(thrown instanceof CommanderError) || thrown.code !== 'commander.help') return thrown;
  const words = ['arx'];
  let group = program;
  for (const word of argv) {
    const child = group.commands.find((command) => command.name() === word);
    if (!child) continue;
    words.push(word);
    group = child;
  }
  const names = group.commands.map((command) => command.name()).join(', ');
  return new CommanderError(1, thrown.code, `\`${words.join(' ')}\` needs a command: ${names}`);
}

function printError(io: Io, error: CliError): void {
  const { red, dim } = io.colors.err;
  printNote(io, `${red('error:')} ${plainLines(error.message)}`);
  const place = placeText(error);
  if (place) printNote(io, dim(`  at ${plain(place)}`));
  printNote(io, `  ${plain(error.remedy)}`);
  for (const other of error.others) printError(io, other);
}

function placeText({ where }: CliError): string {
  if (!where) return '';
  const position = [where.file, where.line, where.column]
    .filter((part) => part !== undefined)
    .join(':');
  return [position, where.path ? `(${where.path})` : ''].filter(Boolean).join(' ');
}

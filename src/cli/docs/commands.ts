import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { inertProgram } from '../program.ts';
import { EXIT, EXIT_MEANING } from '../kit/exit.ts';

const TARGET = new URL('../../../docs/cli.md', import.meta.url);

/**
 * Generates docs/cli.md from the command tree. `node src/cli/docs/commands.ts` writes it, and a
 * test checks that it is current.
 */
export function cliDocs(): string {
  const program = inertProgram();
  return [
    '# Command line',
    'Generated from the command tree by `node src/cli/docs/commands.ts`; do not edit.',
    'Data goes to standard output, progress and notes to standard error. With `--json` a command prints exactly one JSON ' +
      'document on standard output, also for errors (`arx.error/v1`); only `arx approvals watch` prints one per line. ' +
      '`NO_COLOR` is respected. Tables fit the terminal (or `COLUMNS`): wide columns are narrowed, then those that matter ' +
      'least are left out and named. Elsewhere, output is neither narrowed nor shortened. `-v` prints notes each time that ' +
      'are otherwise printed once in each `ARX_HOME`.',
    '## Exit codes',
    list(
      Object.entries(EXIT).map(
        ([name, code]) => `\`${code}\`: ${EXIT_MEANING[name as keyof typeof EXIT]}`,
      ),
    ),
    ...leaves(program).flatMap(({ command, words }) => section(command, words)),
  ]
    .join('\n\n')
    .concat('\n');
}

interface Leaf {
  command: Command;
  words: string;
}

function leaves(command: Command, words = 'arx'): Leaf[] {
  return command.commands.flatMap((child) => {
    const path = `${words} ${child.name()}`;
    // A group that is also a command, such as `arx runs`, has options of its own.
    const isCommand = child.options.some(({ hidden }) => !hidden) || child.commands.length === 0;
    return [...(isCommand ? [{ command: child, words: path }] : []), ...leaves(child, path)];
  });
}

function section(command: Command, words: string): string[] {
  const args = command.registeredArguments.map((argument) => ` ${usage(argument)}`).join('');
  const options = command.options.filter(({ hidden }) => !hidden).map(optionLine);
  const argumentLines = command.registeredArguments.map(
    (argument) => `\`${usage(argument)}\`: ${argument.description}${choices(argument.argChoices)}`,
  );
  return [
    `## ${words}${args === '' ? '' : ` ${args.trim().replaceAll('<', '\\<')}`}`,
    sentence(command.description()),
    list([...argumentLines, ...options]),
  ];
}

function usage(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionLine({
  flags,
  description,
  defaultValue,
  argChoices,
}: Command['options'][number]): string {
  const standard =
    defaultValue === undefined || defaultValue === true
      ? ''
      : ` (default: ${String(defaultValue)})`;
  return `\`${flags}\`: ${description}${choices(argChoices)}${standard}`;
}

const choices = (values: readonly string[] | undefined): string =>
  values ? ` (one of ${values.map((value) => `\`${value}\``).join(', ')})` : '';
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

if (import.meta.main) writeFileSync(TARGET, cliDocs());

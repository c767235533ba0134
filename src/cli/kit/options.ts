/** Options and parsers that several verbs share. */

import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { usageError } from './errors.ts';

/** `--json`: one document on standard output. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'print one JSON document, also for errors');

/** `--json` on a command that only groups others; its subcommands inherit it. */
export const withInheritedJson = (command: Command): Command =>
  command.addOption(new Option('--json').hideHelp());

/** `--config FILE`. */
export const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: ARX_CONFIG, else ./arx.yaml)');

/** `--local` of commands that start a stack. */
export const LOCAL_STACK =
  'run on this machine with an embedded Temporal server, store and worker; TEMPORAL_ADDRESS and DATABASE_URL, if set, replace the first two';

/** `--local` of commands that use the store of the local stack (of DATABASE_URL, if set). */
export const withLocal = (
  command: Command,
  what = 'use the store of this machine (DATABASE_URL if set, else the embedded one); this is the default',
): Command => command.option('--local', what);

/** Parser for whole numbers within bounds. */
export const whole =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,15}$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    }
    return number;
  };

/** Parser for options that can be given several times. */
export const several = (value: string, previous: string[] | undefined): string[] => {
  if (value.trim() === '') throw new InvalidArgumentError('Expected a name or an id.');
  return [...(previous ?? []), value];
};

/** Parser for text that must not be empty. */
export const nonEmptyText = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('Expected a value.');
  return value;
};

/**
 * Refuses `--json` with a `--format` other than JSON, for every command that has both. If no format
 * of a command is `json`, as for an export, `--json` with `--out` is allowed and describes the
 * written file.
 */
export function refuseTwoForms(command: Command): void {
  const { json, format, out } = command.opts<{ json?: boolean; format?: string; out?: string }>();
  if (!json || format === undefined || command.getOptionValueSource('format') !== 'cli') return;
  const choices =
    command.options.find((option) => option.attributeName() === 'format')?.argChoices ?? [];
  if (format.startsWith('json') || (out !== undefined && !choices.includes('json'))) return;
  throw usageError(`--json and --format ${format} cannot be combined.`, 'Omit one of them.');
}

/** Refuses `--NAME` together with `--no-NAME`; commander would use the last one. */
export function refuseBoth(command: Command, name: string): Command {
  const given = new Set<string>();
  for (const one of [name, `no-${name}`]) {
    command.on(`option:${one}`, () => {
      if (given.add(one).size < 2) return;
      command.error(`error: --${name} and --no-${name} cannot be combined`, {
        code: 'commander.conflictingOption',
      });
    });
  }
  return command;
}

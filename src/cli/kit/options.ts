import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { usageError } from './errors.ts';

/** `--json`: one document on standard output. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'print one JSON document, errors too');

/** `--json` on a command that only groups others; what is below it hears of it too. */
export const withInheritedJson = (command: Command): Command =>
  command.addOption(new Option('--json').hideHelp());

/** `--config FILE`. */
export const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: ARX_CONFIG, else ./arx.yaml)');

/** `--local` of what starts a stack. */
export const LOCAL_STACK =
  'run on this machine: embedded Temporal server, store and worker; TEMPORAL_ADDRESS and DATABASE_URL take the place of the first two where they are set';

/** `--local`: the stack of ARX_HOME, whose store is that of DATABASE_URL where it is set. */
export const withLocal = (
  command: Command,
  what = 'the store of --local runs, as without it: DATABASE_URL where it is set, else the embedded one of ARX_HOME',
): Command => command.option('--local', what);

/** Parser for whole numbers within bounds. */
export const whole =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d{1,15}$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`);
    }
    return number;
  };

/** Parser for options that may be given several times. */
export const several = (value: string, previous: string[] | undefined): string[] => {
  if (value.trim() === '') throw new InvalidArgumentError('A name or an id is expected.');
  return [...(previous ?? []), value];
};

/** Parser for text that may not be empty. */
export const nonEmptyText = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('A value is expected.');
  return value;
};

/**
 * Refuses `--json` beside a `--format` that is no JSON, for every command that has both. Where no form of a command is
 * `json`, as of an export, `--json` with `--out` tells of the file that is written.
 */
export function refuseTwoForms(command: Command): void {
  const { json, format, out } = command.opts<{ json?: boolean; format?: string; out?: string }>();
  if (!json || format === undefined || command.getOptionValueSource('format') !== 'cli') return;
  const choices =
    command.options.find((option) => option.attributeName() === 'format')?.argChoices ?? [];
  if (format.startsWith('json') || (out !== undefined && !choices.includes('json'))) return;
  throw usageError(
    `--json and --format ${format} contradict each other.`,
    'Leave one of them out.',
  );
}

/** Refuses `--NAME` together with `--no-NAME`: commander would take the last one. */
export function refuseBoth(command: Command, name: string): Command {
  const given = new Set<string>();
  for (const one of [name, `no-${name}`]) {
    command.on(`option:${one}`, () => {
      if (given.add(one).size < 2) return;
      command.error(`error: --${name} and --no-${name} contradict each other`, {
        code: 'commander.conflictingOption',
      });
    });
  }
  return command;
}

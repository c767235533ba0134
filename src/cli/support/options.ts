import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** `--json`: one document on standard output. */
export const withJson = (command: Command): Command => command.option('--json', 'print one JSON document, errors too');

/** `--json` on a command that only groups others; what is below it hears of it too. */
export const withInheritedJson = (command: Command): Command => command.addOption(new Option('--json').hideHelp());

/** `--config FILE`. */
export const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: ARX_CONFIG, else ./arx.yaml)');

/** `--local`: the embedded Temporal server and store of ARX_HOME. */
export const withLocal = (
  command: Command,
  what = 'use the embedded store in ARX_HOME, as it is where DATABASE_URL is not set',
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
export const filled = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('A value is expected.');
  return value;
};

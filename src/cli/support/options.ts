import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** `--json`: one document on standard output. */
export const withJson = (command: Command): Command => command.option('--json', 'print one JSON document, errors too');

/** `--json` on a command that only groups others; what is below it hears of it too. */
export const withInheritedJson = (command: Command): Command => command.addOption(new Option('--json').hideHelp());

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
export const filled = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('A value is expected.');
  return value;
};

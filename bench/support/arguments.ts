import { parseArgs } from 'node:util';
import type { BenchOptions } from './result.ts';

/** What the command line says: which benchmarks, how large, and whether the results are kept. */
export interface BenchArguments {
  names: string[];
  options: BenchOptions;
  record: boolean;
  help: boolean;
}

/**
 * Thrown for a flag or a name that is unknown, or a value of the wrong form; the message names it.
 */
export class ArgumentError extends Error {}

const FLAGS = {
  users: { type: 'string' },
  windows: { type: 'string' },
  'window-ms': { type: 'string' },
  kills: { type: 'string' },
  million: { type: 'boolean', default: false },
  record: { type: 'boolean', default: true },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The text of `--help`. */
export const usage = (known: readonly string[]): string =>
  `Runs the benchmarks, or those named, and writes bench/results/NAME.md and NAME.json.

  npm run bench -- [NAME…] [flags]

names: ${known.join(', ')}

  --users N       users in the organisation
  --windows N     rate-limit windows to fill
  --window-ms N   length of a rate-limit window in milliseconds; Okta's is 60000
  --kills N       how often a worker is killed
  --million       a million users beside 10,000, instead of the usual sizes
  --no-record     print only
  -h, --help      this text`;

/** Reads the command line of `bench/run.ts`. Throws ArgumentError. */
export function benchArguments(given: readonly string[], known: readonly string[]): BenchArguments {
  const { values, positionals } = parsed(given);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ArgumentError(
      `there is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
  const options = {
    users: atLeastOne('users', values.users),
    windows: atLeastOne('windows', values.windows),
    windowMs: atLeastOne('window-ms', values['window-ms']),
    kills: atLeastOne('kills', values.kills),
    million: values.million,
  };
  return { names: positionals, options, record: values.record, help: values.help };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: FLAGS,
      strict: true,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : 'unusable arguments');
  }
}

function atLeastOne(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new ArgumentError(`--${flag} must be a whole number of at least 1, not '${text}'`);
  return Number(text);
}

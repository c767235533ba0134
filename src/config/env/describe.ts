import type { ArxEnv } from './env.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { VARIABLES } from './variables.ts';

/**
 * A variable as it may be shown: its value, `[secret]` for what must not be printed, null where it
 * is not set.
 */
export type ShownVariables = Record<string, string | null>;

/**
 * What `arx config check` prints: the configuration with its defaults, and the environment with
 * secrets masked.
 */
export function describeConfig(
  config: ArxConfig,
  env: ArxEnv,
): ArxConfig & { environment: ShownVariables } {
  return { ...config, environment: describeEnv(env) };
}

/**
 * Every variable that arx reads, fit to be shown. Throws ConfigError where a NAME_FILE can't be
 * read.
 */
const describeEnv = ({ source }: ArxEnv): ShownVariables =>
  Object.fromEntries(
    VARIABLES.map(({ name, secret }) => {
      const found = source.find(name);
      return [name, found ? (secret ? '[secret]' : withoutUser(found.value)) : null];
    }),
  );

// An address may carry a password where none belongs.
const withoutUser = (value: string): string => value.replace(/\/\/[^/@\s]*@/, '//[secret]@');

/** Describes configuration and environment for printing, with secrets masked. */

import type { ArxEnv } from './env.ts';
import type { ArxConfig } from '../schema/schema.ts';
import { VARIABLES } from './variables.ts';

/** Variables as they may be printed: the value, `[secret]` for secrets, null if not set. */
type ShownVariables = Record<string, string | null>;

/**
 * The output of `arx config check`: the configuration with its defaults, and the environment with
 * secrets masked.
 */
export function describeConfig(
  config: ArxConfig,
  env: ArxEnv,
): ArxConfig & { environment: ShownVariables } {
  return { ...config, environment: describeEnv(env) };
}

/**
 * Every variable that arx reads, ready to print. Throws ConfigError if a NAME_FILE cannot be read.
 */
const describeEnv = ({ source }: ArxEnv): ShownVariables =>
  Object.fromEntries(
    VARIABLES.map(({ name, secret }) => {
      const found = source.find(name);
      return [name, found ? (secret ? '[secret]' : withoutUser(found.value)) : null];
    }),
  );

// A URL may contain a password even where none is allowed.
const withoutUser = (value: string): string => value.replace(/\/\/[^/@\s]*@/, '//[secret]@');

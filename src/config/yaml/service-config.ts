import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ArxEnv } from '../env/env.ts';
import { loadConfig } from './load.ts';
import { configSchema } from '../schema/schema.ts';
import type { PlaceOf } from './load.ts';
import type { ArxConfig } from '../schema/schema.ts';

/** The configuration of a service, and the directory that file names in it are relative to. */
export interface ServiceConfig {
  config: ArxConfig;
  baseDir: string;
  /** Absent without a configuration file. */
  placeOf?: PlaceOf;
}

/** Loads the file in ARX_CONFIG, else ./arx.yaml, else the defaults. Throws ConfigError. */
export function loadServiceConfig(
  env: ArxEnv,
  catalogue: Parameters<typeof loadConfig>[0]['catalogue'],
): ServiceConfig {
  const standard = resolve(env.cwd, 'arx.yaml');
  const path = env.configPath ?? (existsSync(standard) ? standard : null);
  if (path === null) return { config: configSchema.parse({ version: 1 }), baseDir: env.cwd };
  const { config, baseDir, placeOf } = loadConfig({ path, catalogue });
  return { config, baseDir, placeOf };
}

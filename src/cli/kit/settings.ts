import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEnv } from '../../config/env/env.ts';
import type { ArxEnv } from '../../config/env/env.ts';
import { configDigest, loadConfig } from '../../config/yaml/load.ts';
import type { LoadedConfig } from '../../config/yaml/load.ts';
import { configSchema } from '../../config/schema/schema.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import { VARIABLES } from '../../config/env/variables.ts';
import { CATALOGUE } from '../../governance/catalogue.ts';
import type { Io } from './io.ts';

/**
 * The environment as arx reads it (`arx`), and as text for child processes and other libraries
 * (`raw`, contains secrets).
 */
export interface Environment {
  arx: ArxEnv;
  raw: Record<string, string | undefined>;
}

/** The environment and the configuration a command works with. */
export interface Settings extends Environment {
  config: ArxConfig;
  /** Null if there is no file and the defaults apply. */
  file: LoadedConfig | null;
  /** The folder that relative paths in the configuration refer to. */
  baseDir: string;
  digest: string;
}

/** Reads the environment and `.env`; every known variable is resolved, including from NAME_FILE. */
export function readEnvironment(io: Io): Environment {
  const arx = readEnv({ env: io.env });
  const known = VARIABLES.map(({ name }) => [name, arx.source.find(name)?.value] as const);
  const own = Object.entries(io.env).filter(
    ([name]) => !VARIABLES.some((row) => name === `${row.name}_FILE` || name === row.name),
  );
  return {
    arx,
    raw: { ...Object.fromEntries(own), ...Object.fromEntries(known.filter(([, value]) => value)) },
  };
}

/**
 * Reads environment and configuration: --config, or else ARX_CONFIG, ./arx.yaml, or the defaults.
 * Throws ConfigError.
 */
export async function loadSettings(io: Io, options: { config?: string }): Promise<Settings> {
  const environment = readEnvironment(io);
  const { cwd } = environment.arx;
  const path = configPath(environment.arx, options.config);
  if (path !== null) {
    const file = loadConfig({ path, catalogue: CATALOGUE });
    return {
      ...environment,
      file,
      config: file.config,
      baseDir: file.baseDir,
      digest: file.digest,
    };
  }
  const config = configSchema.parse({ version: 1 });
  return { ...environment, file: null, config, baseDir: cwd, digest: configDigest(config) };
}

function configPath(env: ArxEnv, given: string | undefined): string | null {
  if (given !== undefined) return given;
  if (env.configPath !== null) return env.configPath;
  const usual = resolve(env.cwd, 'arx.yaml');
  return existsSync(usual) ? usual : null;
}

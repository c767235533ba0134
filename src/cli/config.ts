import type { Command } from 'commander';
import { EXIT } from './support/exit.ts';
import type { Io } from './support/io.ts';
import { print, writeJson } from './support/io.ts';
import { withConfig, withJson } from './support/options.ts';
import type { DefineVerb } from './support/verb.ts';

interface CheckOptions {
  config?: string;
  json?: boolean;
}

/** `arx config check`: reads everything a run would read and says what it found. */
export const defineConfig: DefineVerb = (program, run) => {
  const config: Command = program.command('config').description('look at the configuration');
  withJson(withConfig(config.command('check').description('check configuration, policies and environment'))).action(
    (options: CheckOptions) => run((io) => check(io, options)),
  );
};

async function check(io: Io, options: CheckOptions) {
  const [{ loadSettings }, { environmentSummary, policySummary, maskedConfig }] = await Promise.all([
    import('./support/settings.ts'),
    import('./support/inspect.ts'),
  ]);
  const settings = await loadSettings(io, options);
  const policies = await policySummary(settings);
  const environment = environmentSummary(settings.arx);
  const valid = environment.every(({ problem }) => problem === null);
  const file = settings.file?.path ?? null;
  if (options.json) {
    const config = maskedConfig(settings.config);
    await writeJson(io, {
      schema: 'arx.config/v1',
      valid,
      file,
      digest: settings.digest,
      config,
      policies,
      environment,
    });
    return valid ? EXIT.ok : EXIT.usage;
  }
  const { configText } = await import('./render/config.ts');
  await print(io, configText({ file, digest: settings.digest, policies, environment }, io.colors.out));
  return valid ? EXIT.ok : EXIT.usage;
}

import { withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

export interface PurgeOptions {
  config?: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
  local?: boolean;
}

/**
 * `arx purge`: removes personal data and contents of audit entries that are older than `retention`
 * says.
 */
export const definePurge: DefineVerb = (program, run) => {
  const command = program
    .command('purge')
    .description(
      'remove personal data and contents of audit entries that are older than retention in arx.yaml says',
    );
  withJson(withLocal(withConfig(command)))
    .option('--dry-run', 'only count what is due')
    .option('--yes', 'remove it; without this nothing is removed')
    .action((options: PurgeOptions) =>
      run(async (io) => (await import('./purge.ts')).purge(io, options)),
    );
};

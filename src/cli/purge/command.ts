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
 * `arx purge`: removes personal data and audit entry contents that are past their retention period.
 */
export const definePurge: DefineVerb = (program, run) => {
  const command = program
    .command('purge')
    .description(
      'remove personal data and audit entry contents that are past their retention period (retention in arx.yaml)',
    );
  withJson(withLocal(withConfig(command)))
    .option('--dry-run', 'only count what would be removed')
    .option('--yes', 'confirm the removal; without this option nothing is removed')
    .action((options: PurgeOptions) =>
      run(async (io) => (await import('./purge.ts')).purge(io, options)),
    );
};

import { withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';
import type { BackupVerbOptions } from './take.ts';

/**
 * `arx backup`: writes the whole store to one file, from which either kind of store can be
 * restored.
 */
export const defineBackup: DefineVerb = (program, run) => {
  const command = program
    .command('backup')
    .description(
      'write a consistent copy of the whole store to one file, which contains personal data',
    );
  withJson(withLocal(command))
    .argument('[file]', 'a new file, or - for standard output (default: arx-backup-TIME.ndjson.gz)')
    .option('--force', 'replace an existing file')
    .action((file: string | undefined, options: BackupVerbOptions) =>
      run(async (io) => {
        const { takeBackup } = await import('./take.ts');
        return takeBackup(io, file, { ...options, version: program.version() ?? '' });
      }),
    );
};

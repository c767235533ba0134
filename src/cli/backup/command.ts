import { withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';
import type { BackupVerbOptions } from './take.ts';

/** `arx backup`: the whole store in one file that either kind of store can be restored from. */
export const defineBackup: DefineVerb = (program, run) => {
  const command = program
    .command('backup')
    .description(
      'write the whole store, as it stands at one moment, to one file; it holds personal data',
    );
  withJson(withLocal(command))
    .argument('[file]', 'a new file, or - for standard output (default: arx-backup-TIME.ndjson.gz)')
    .option('--force', 'replace the file where there is one')
    .action((file: string | undefined, options: BackupVerbOptions) =>
      run(async (io) => {
        const { takeBackup } = await import('./take.ts');
        return takeBackup(io, file, { ...options, version: program.version() ?? '' });
      }),
    );
};

import { nonEmptyText, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/**
 * `arx restore`: fills an empty store from a file of `arx backup`, and verifies its audit trail.
 */
export const defineRestore: DefineVerb = (program, run) => {
  const command = program
    .command('restore')
    .description(
      'fill an empty store from a backup and verify its audit trail; exit code 1 if the trail is broken',
    );
  withJson(withLocal(command))
    .argument('<file>', 'a file that `arx backup` wrote', nonEmptyText)
    .action((file: string, options: { json?: boolean }) =>
      run(async (io) => (await import('./restore.ts')).restore(io, file, options)),
    );
};

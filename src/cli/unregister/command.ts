import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import { withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** `arx unregister`: removes the schedule. It is not an error if there is none. */
export const defineUnregister: DefineVerb = (program, run) => {
  withJson(program.command('unregister').description('remove the schedule of the check')).action(
    (options: { json?: boolean }) =>
      run(async (io) => {
        const { withTemporal } = await import('../kit/temporal.ts');
        const { deleteSchedule } = await import('../../client/schedule.ts');
        const removed = await withTemporal(io, deleteSchedule);
        const id = 'mfa-enforcement-check';
        if (options.json)
          await writeJson(io, {
            schema: 'arx.schedule/v1',
            id,
            state: removed ? 'removed' : 'absent',
            next: [],
          });
        else await print(io, removed ? `Schedule ${id} removed.` : `There is no schedule ${id}.`);
        return EXIT.ok;
      }),
  );
};

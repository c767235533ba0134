import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { LOCAL_STACK, withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface UnregisterOptions {
  config?: string;
  local?: boolean;
  json?: boolean;
}

/** `arx unregister`: removes the schedule. It is not an error if there is none. */
export const defineUnregister: DefineVerb = (program, run) => {
  const command = program.command('unregister').description('remove the schedule of the check');
  withJson(withLocal(withConfig(command), LOCAL_STACK)).action((options: UnregisterOptions) =>
    run((io) => unregister(io, options)),
  );
};

async function unregister(io: Io, options: UnregisterOptions): Promise<ExitCode> {
  const [{ loadSettings }, { withTemporal }, { deleteSchedule }] = await Promise.all([
    import('../kit/settings.ts'),
    import('../kit/temporal.ts'),
    import('../../client/schedule.ts'),
  ]);
  const settings = await loadSettings(io, options);
  const removed = await withTemporal(io, { settings, local: options.local }, deleteSchedule);
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
}

import type { ScheduleDocument } from '../../services/checks/schedule.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { withConfig, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface RegisterOptions {
  config?: string;
  paused?: boolean;
  triggerNow?: boolean;
  json?: boolean;
}

/** `arx register`: creates or updates the Temporal Schedule that starts the check. */
export const defineRegister: DefineVerb = (program, run) => {
  const command = program
    .command('register')
    .description('create or update the schedule that runs the check (Monday 08:00 UTC by default)');
  withJson(withConfig(command))
    .option('--paused', 'create the schedule paused, or pause it')
    .option('--trigger-now', 'start one run of the schedule now')
    .action((options: RegisterOptions) => run((io) => register(io, options)));
};

async function register(io: Io, options: RegisterOptions) {
  const [{ loadSettings }, { registerSchedule }, { withTemporal }] = await Promise.all([
    import('../kit/settings.ts'),
    import('../../services/checks/schedule.ts'),
    import('../kit/temporal.ts'),
  ]);
  const { config } = await loadSettings(io, options);
  const document = await withTemporal(io, (link) =>
    registerSchedule(link, config.schedule, options),
  );
  if (options.json) await writeJson(io, document);
  else await printSchedule(io, document);
  return EXIT.ok;
}

async function printSchedule(
  io: Io,
  { id, state, paused, next, triggered }: ScheduleDocument,
): Promise<void> {
  await print(io, `Schedule ${id ?? ''} ${state}${paused ? ', PAUSED' : ''}.`);
  for (const time of next) await print(io, `  next ${time.slice(0, 16).replace('T', ' ')} UTC`);
  if (triggered) await print(io, 'Started one run.');
  if (paused)
    await print(
      io,
      'It starts no runs while it is paused. Resume it in the Temporal UI or with `temporal schedule toggle`.',
    );
}

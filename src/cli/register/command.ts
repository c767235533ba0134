import { Option } from 'commander';
import type { ScheduleDocument } from '../../services/checks/schedule.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import { LOCAL_STACK, withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface RegisterOptions {
  config?: string;
  local?: boolean;
  paused?: boolean;
  resume?: boolean;
  triggerNow?: boolean;
  json?: boolean;
}

/** `arx register`: creates or updates the Temporal Schedule that starts the check. */
export const defineRegister: DefineVerb = (program, run) => {
  const command = program
    .command('register')
    .description('create or update the schedule that runs the check (Monday 08:00 UTC by default)');
  withJson(withLocal(withConfig(command), LOCAL_STACK))
    .option('--paused', 'create the schedule paused, or pause it')
    .addOption(new Option('--resume', 'let a paused schedule start runs again').conflicts('paused'))
    .option('--trigger-now', 'start one run of the schedule now')
    .action((options: RegisterOptions) => run((io) => register(io, options)));
};

async function register(io: Io, options: RegisterOptions) {
  const [{ loadSettings }, { registerSchedule }, { withTemporal }] = await Promise.all([
    import('../kit/settings.ts'),
    import('../../services/checks/schedule.ts'),
    import('../kit/temporal.ts'),
  ]);
  const settings = await loadSettings(io, options);
  const paused = options.resume ? false : options.paused;
  const document = await withTemporal(io, { settings, local: options.local }, (link) =>
    registerSchedule(link, settings.config.schedule, { ...options, paused }),
  );
  if (options.json) await writeJson(io, document);
  else await printSchedule(io, document, options);
  return EXIT.ok;
}

async function printSchedule(
  io: Io,
  { id, state, paused, next, triggered }: ScheduleDocument,
  options: RegisterOptions,
): Promise<void> {
  await print(io, `Schedule ${id ?? ''} ${state}${paused ? ', PAUSED' : ''}.`);
  for (const time of next) await print(io, `  next ${time.slice(0, 16).replace('T', ' ')} UTC`);
  if (triggered) await print(io, 'Started one run.');
  if (paused)
    await print(
      io,
      'It starts no runs while it is paused. Resume it with `arx register --resume`.',
    );
  if (options.local)
    printNote(
      io,
      'It starts runs only while the stack of this machine runs: keep `arx up` running.',
    );
}

import type { SchedulePlan, ScheduleState } from '../../client.ts';
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
  const [{ loadSettings }, { schedulePlan }, client, { withTemporal }, { ensureFlowSearch }] =
    await Promise.all([
      import('../kit/settings.ts'),
      import('./schedule.ts'),
      import('../../client.ts'),
      import('../kit/temporal.ts'),
      import('../../client/search-attributes.ts'),
    ]);
  const { config } = await loadSettings(io, options);
  const plan = schedulePlan(config.schedule);
  const { created, state } = await withTemporal(io, async (link) => {
    const { created } = await client.upsertSchedule(link, plan, options.paused ?? false);
    if (options.triggerNow) await client.triggerSchedule(link);
    // These attributes make delegated flows searchable in the Temporal UI. If they cannot be added,
    // flows can only be found in the store.
    await ensureFlowSearch(link.client.connection, link.namespace);
    return { created, state: await client.describeSchedule(link) };
  });
  await printSchedule(io, { created, state, plan, options });
  return EXIT.ok;
}

interface RegisteredSchedule {
  created: boolean;
  state: ScheduleState | null;
  plan: SchedulePlan;
  options: RegisterOptions;
}

async function printSchedule(
  io: Io,
  { created, state, plan, options }: RegisteredSchedule,
): Promise<void> {
  const next = (state?.next ?? []).slice(0, 5).map((time) => time.toISOString());
  const paused = state?.paused ?? false;
  if (options.json) {
    const times = plan.times;
    const document = {
      id: state?.id,
      state: created ? 'created' : 'updated',
      paused,
      timezone: plan.timezone,
      overlap: plan.overlap,
    };
    return writeJson(io, {
      schema: 'arx.schedule/v1',
      ...document,
      ...times,
      triggered: options.triggerNow ?? false,
      next,
    });
  }
  await print(
    io,
    `Schedule ${state?.id ?? ''} ${created ? 'created' : 'updated'}${paused ? ', PAUSED' : ''}.`,
  );
  for (const time of next) await print(io, `  next ${time.slice(0, 16).replace('T', ' ')} UTC`);
  if (options.triggerNow) await print(io, 'Started one run.');
  if (paused)
    await print(
      io,
      'It starts no runs while it is paused. Resume it in the Temporal UI or with `temporal schedule toggle`.',
    );
}

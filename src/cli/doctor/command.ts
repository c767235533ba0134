import { withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx doctor`. */
export interface DoctorOptions {
  config?: string;
  local?: boolean;
  json?: boolean;
}

/**
 * `arx doctor`: tries everything that a run needs, one line each, with the remedy where something
 * does not work.
 */
export const defineDoctor: DefineVerb = (program, run) => {
  const command = program
    .command('doctor')
    .description(
      'try everything that a run needs and say what to do where something does not work',
    );
  withJson(
    withLocal(withConfig(command), 'look at what --local commands need instead of at servers'),
  ).action((options: DoctorOptions) =>
    run(async (io) => {
      const { doctor } = await import('./doctor.ts');
      return doctor(io, options);
    }),
  );
};

import { withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx doctor`. */
export interface DoctorOptions {
  config?: string;
  local?: boolean;
  json?: boolean;
}

/**
 * `arx doctor`: tries everything that a run needs and prints one line each, with a remedy for each
 * failure.
 */
export const defineDoctor: DefineVerb = (program, run) => {
  const command = program
    .command('doctor')
    .description('try everything that a run needs, and print a remedy for each failure');
  withJson(
    withLocal(withConfig(command), 'check what --local commands need instead of the servers'),
  ).action((options: DoctorOptions) =>
    run(async (io) => {
      const { doctor } = await import('./doctor.ts');
      return doctor(io, options);
    }),
  );
};

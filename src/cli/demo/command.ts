import { whole, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx demo`. */
export interface DemoOptions {
  keep?: boolean;
  users: number;
  seed: number;
  json?: boolean;
}

/** `arx demo`: demonstrates the product against emulated vendors on this machine. */
export const defineDemo: DefineVerb = (program, run) => {
  const command = program
    .command('demo')
    .description(
      'run a demonstration on this machine: an emulated organisation, two checks a week apart, tickets, audit, report',
    );
  withJson(command)
    .option('--keep', 'leave everything running until Ctrl-C and print the addresses')
    .option(
      '--users <number>',
      'number of users in the emulated organisation',
      whole(20, 100_000),
      503,
    )
    .option('--seed <number>', 'the same seed gives the same organisation', whole(0, 2 ** 31), 1)
    .action((options: DemoOptions) =>
      run(async (io) => {
        const { demo } = await import('./demo.ts');
        return demo(io, options);
      }),
    );
};

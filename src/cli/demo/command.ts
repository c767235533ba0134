import { whole, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx demo`. */
export interface DemoOptions {
  keep?: boolean;
  users: number;
  seed: number;
  json?: boolean;
}

/** `arx demo`: the whole product against emulated vendors, on this machine alone. */
export const defineDemo: DefineVerb = (program, run) => {
  const command = program
    .command('demo')
    .description(
      'show it all on this machine: an emulated organisation, two runs a week apart, tickets, audit, report',
    );
  withJson(command)
    .option('--keep', 'leave everything running until Ctrl-C and print the addresses')
    .option('--users <number>', 'users of the emulated organisation', whole(20, 100_000), 503)
    .option('--seed <number>', 'same seed, same organisation', whole(0, 2 ** 31), 1)
    .action((options: DemoOptions) =>
      run(async (io) => {
        const { demo } = await import('./demo.ts');
        return demo(io, options);
      }),
    );
};

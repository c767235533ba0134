import { Option } from 'commander';
import { findingList } from './fail-on.ts';
import type { Finding } from './fail-on.ts';
import {
  LOCAL_STACK,
  nonEmptyText,
  refuseBoth,
  several,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx run mfa-enforcement-check`. */
export interface RunOptions {
  config?: string;
  group?: string[];
  local?: boolean;
  dryRun?: boolean;
  mode?: 'full' | 'delta';
  detach?: boolean;
  attach?: string;
  users?: boolean;
  failOn?: Finding[];
  estimate?: boolean;
  assumeUsers?: number;
  json?: boolean;
}

/** `arx run mfa-enforcement-check`: starts one run and follows it to its end. */
export const defineRun: DefineVerb = (program, run) => {
  const check = withInheritedJson(program.command('run').description('start a workflow now'))
    .command('mfa-enforcement-check')
    .description(
      'check the factors of every user in scope, keep one ticket for each user who is not covered, and report',
    );
  refuseBoth(withJson(withLocal(withConfig(check), LOCAL_STACK)), 'users')
    .option('--dry-run', 'do not open tickets or post messages; report what would have been done')
    .addOption(
      new Option(
        '--mode <mode>',
        'read every user, or only users that changed; overrides scan.mode',
      ).choices(['full', 'delta']),
    )
    .option('--group <name-or-id>', 'check only members of this group; can be repeated', several)
    .option('--detach', 'start the run without waiting for its end')
    .option('--attach <workflow-id>', 'follow a run that was started earlier', nonEmptyText)
    .option('--users', 'also list the users (always included with --json)')
    .option('--no-users', 'omit the users from the JSON document')
    .option(
      '--fail-on <findings>',
      'exit with code 3 if any user has one of these verdicts, for example none,weak_only, or if tickets could not be written (tickets)',
      findingList,
    )
    .option(
      '--estimate',
      'estimate Okta calls, time and Temporal actions instead of starting a run',
    )
    .option(
      '--assume-users <number>',
      'with --estimate: assume this number of users',
      whole(1, 10_000_000),
    )
    .action((options: RunOptions) =>
      run(async (io) => {
        if (options.estimate) {
          const { estimateCheck } = await import('./estimate/estimate.ts');
          return estimateCheck(io, options);
        }
        const { runCheck } = await import('./run-check.ts');
        return runCheck(io, options);
      }),
    );
};

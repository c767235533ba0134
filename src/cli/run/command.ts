import { Option } from 'commander';
import type { Verdict } from '../../mfa/types.ts';
import { verdictList } from './fail-on.ts';
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
  failOn?: Verdict[];
  estimate?: boolean;
  assumeUsers?: number;
  json?: boolean;
}

/** `arx run mfa-enforcement-check`: one run now, followed to its end. */
export const defineRun: DefineVerb = (program, run) => {
  const check = withInheritedJson(program.command('run').description('run a workflow now'))
    .command('mfa-enforcement-check')
    .description(
      'check the factors of every user in scope, keep one ticket for each who is not covered, and report',
    );
  refuseBoth(withJson(withLocal(withConfig(check), LOCAL_STACK)), 'users')
    .option('--dry-run', 'open no ticket and post nothing; say what would have been done')
    .addOption(
      new Option(
        '--mode <mode>',
        'read everybody, or only who changed; replaces scan.mode',
      ).choices(['full', 'delta']),
    )
    .option('--group <name-or-id>', 'only members of this group; may be repeated', several)
    .option('--detach', 'start the run and do not wait for it')
    .option('--attach <workflow-id>', 'follow a run that was started before', nonEmptyText)
    .option('--users', 'list the users too (with --json they always are)')
    .option('--no-users', 'leave the users out of the JSON document')
    .option(
      '--fail-on <verdicts>',
      'exit with 3 where anybody has one of these verdicts, such as none,weak_only',
      verdictList,
    )
    .option(
      '--estimate',
      'start no run: say how many Okta calls, how much time and how many Temporal actions it would take',
    )
    .option(
      '--assume-users <number>',
      'with --estimate: for so many users, whatever is known',
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

import { ANONYMOUS } from '../../governance/principal.ts';
import { Option } from 'commander';
import { nonEmptyText, withConfig, withInheritedJson, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of every verb of `arx policy`. */
export interface PolicyOptions {
  config?: string;
  json?: boolean;
}
export interface ExplainOptions extends PolicyOptions {
  as: string;
  policies?: string;
  args?: string;
  facts?: string;
}
export interface DiffOptions extends PolicyOptions {
  failOn?: 'widening';
}

/** `arx policy`: explains decisions, and checks policies before they take effect. */
export const definePolicy: DefineVerb = (program, run) => {
  const policy = withInheritedJson(
    program.command('policy').description('explain, check, test and compare policies'),
  );
  withJson(
    withConfig(
      policy
        .command('explain')
        .description('show what the policies decide, why, and what would change the decision'),
    ),
  )
    .argument(
      '<operation>',
      'operation, such as users:suspend (of Okta), or with its connector: jira:issues:create',
      nonEmptyText,
    )
    .option(
      '--as <principal>',
      'the requester, such as user:jane@example.com or agent:soc',
      nonEmptyText,
      ANONYMOUS,
    )
    .option(
      '--policies <directory>',
      'use the policies of this directory or file instead of those of arx.yaml',
      nonEmptyText,
    )
    .option('--args <file>', 'JSON file with the arguments of the operation', nonEmptyText)
    .option(
      '--facts <file>',
      'JSON file with what is known about the target, by field of conditions, such as {"is_admin": false}',
      nonEmptyText,
    )
    .action((operation: string, options: ExplainOptions) =>
      run(async (io) => (await import('./explain.ts')).explain(io, operation, options)),
    );
  withJson(
    withConfig(
      policy
        .command('lint')
        .description('find policies that load but are probably mistakes; exit code 1 on errors'),
    ),
  )
    .argument('[directory]', 'directory or file (default: the policies of arx.yaml)', nonEmptyText)
    .action((directory: string | undefined, options: PolicyOptions) =>
      run(async (io) => (await import('./lint.ts')).lint(io, directory, options)),
    );
  withJson(
    withConfig(policy.command('test').description('run policy tests; exit code 1 if a case fails')),
  )
    .argument('[files...]', 'test files (default: tests/*.yaml next to the policies of arx.yaml)')
    .action((files: string[], options: PolicyOptions) =>
      run(async (io) => (await import('./test.ts')).test(io, files, options)),
    );
  withJson(
    withConfig(
      policy
        .command('diff')
        .description('list the decisions that differ between two sets of policies'),
    ),
  )
    .argument('<old>', 'directory or file of policies', nonEmptyText)
    .argument('<new>', 'directory or file of policies', nonEmptyText)
    .addOption(
      new Option('--fail-on <kind>', 'exit code 3 if there is such a change').choices(['widening']),
    )
    .action((before: string, after: string, options: DiffOptions) =>
      run(async (io) => (await import('./diff.ts')).diff(io, [before, after], options)),
    );
};

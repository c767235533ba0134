import { ANONYMOUS } from '../../governance/principal.ts';
import { Option } from 'commander';
import { nonEmptyText, withConfig, withInheritedJson, withJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options that every command on policies takes. */
export interface PolicyOptions {
  config?: string;
  json?: boolean;
}
export interface ExplainOptions extends PolicyOptions {
  as: string;
  policies?: string;
  args?: string;
}
export interface DiffOptions extends PolicyOptions {
  failOn?: 'widening';
}

/** `arx policy`: explains decisions, and finds out what policies do before they are in force. */
export const definePolicy: DefineVerb = (program, run) => {
  const policy = withInheritedJson(
    program.command('policy').description('explain, check, test and compare policies'),
  );
  withJson(
    withConfig(
      policy
        .command('explain')
        .description('say what the policies decide, why, and what would change it'),
    ),
  )
    .argument(
      '<operation>',
      'operation such as users:suspend (of Okta), or with its connector: jira:issues:create',
      nonEmptyText,
    )
    .option(
      '--as <principal>',
      'who asks, such as user:jane@example.com or agent:soc',
      nonEmptyText,
      ANONYMOUS,
    )
    .option(
      '--policies <directory>',
      'policies of this directory or file instead of those of arx.yaml',
      nonEmptyText,
    )
    .option('--args <file>', 'JSON file with the parameters of the operation', nonEmptyText)
    .action((operation: string, options: ExplainOptions) =>
      run(async (io) => (await import('./explain.ts')).explain(io, operation, options)),
    );
  withJson(
    withConfig(
      policy
        .command('lint')
        .description('look for policies that load but can hardly be meant; exit 1 on errors'),
    ),
  )
    .argument('[directory]', 'directory or file (default: the policies of arx.yaml)', nonEmptyText)
    .action((directory: string | undefined, options: PolicyOptions) =>
      run(async (io) => (await import('./lint.ts')).lint(io, directory, options)),
    );
  withJson(
    withConfig(
      policy
        .command('test')
        .description('decide the cases of policy tests; exit 1 where one comes out otherwise'),
    ),
  )
    .argument('[files...]', 'test files (default: tests/*.yaml beside the policies of arx.yaml)')
    .action((files: string[], options: PolicyOptions) =>
      run(async (io) => (await import('./test.ts')).test(io, files, options)),
    );
  withJson(
    withConfig(
      policy
        .command('diff')
        .description('list the decisions that change from one set of policies to another'),
    ),
  )
    .argument('<old>', 'directory or file of policies', nonEmptyText)
    .argument('<new>', 'directory or file of policies', nonEmptyText)
    .addOption(
      new Option('--fail-on <kind>', 'exit 3 where there is such a change').choices(['widening']),
    )
    .action((before: string, after: string, options: DiffOptions) =>
      run(async (io) => (await import('./diff.ts')).diff(io, [before, after], options)),
    );
};

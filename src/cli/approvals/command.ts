import { Argument } from 'commander';
import {
  nonEmptyText,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of the verbs of `arx approvals`. */
export interface ApprovalOptions {
  config?: string;
  json?: boolean;
  local?: boolean;
}

/** Options of those who decide. */
export interface DecideOptions extends ApprovalOptions {
  as?: string;
  reason?: string;
}

const REQUEST = 'id of the request, or `approval/ID`';

/** `arx approvals`: what waits for people, who decided what, and deciding. */
export const defineApprovals: DefineVerb = (program, run) => {
  const approvals = withInheritedJson(
    program
      .command('approvals')
      .description('see what waits for people, decide about it, and learn how it was decided'),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(approvals.command(name).description(about))));
  verb('list', 'list what waits for a decision')
    .option('--all', 'those that were decided too, newest first')
    .option('--limit <number>', 'how many', whole(1, 1_000), 100)
    .action((options: ApprovalOptions & { all?: boolean; limit: number }) =>
      run(async (io) => (await import('./list.ts')).listApprovals(io, options)),
    );
  verb('show', 'show one approval: what is asked, by whom, who may decide, who has')
    .argument('<request>', REQUEST, nonEmptyText)
    .action((request: string, options: ApprovalOptions) =>
      run(async (io) => (await import('./list.ts')).showApproval(io, request, options)),
    );
  verb('why', 'tell how a request came to stand where it stands, from the audit trail')
    .argument('<request>', REQUEST, nonEmptyText)
    .action((request: string, options: ApprovalOptions) =>
      run(async (io) => (await import('./why.ts')).tellWhy(io, request, options)),
    );
  for (const verdict of ['approve', 'deny'] as const) {
    deciding(
      verb(verdict, `${verdict} a request, as the person whom ARX_KEY proves`).argument(
        '<request>',
        REQUEST,
        nonEmptyText,
      ),
    ).action((request: string, options: DecideOptions) =>
      run(async (io) =>
        (await import('./decide.ts')).decideRequest(io, { request, verdict, options }),
      ),
    );
  }
  deciding(
    verb(
      'sign',
      'sign a decision without sending it: a payload for the Temporal UI or the temporal command',
    )
      .argument('<request>', REQUEST, nonEmptyText)
      .addArgument(new Argument('<verdict>', 'which decision').choices(['approve', 'deny'])),
  ).action((request: string, verdict: 'approve' | 'deny', options: DecideOptions) =>
    run(async (io) => (await import('./decide.ts')).signRequest(io, { request, verdict, options })),
  );
  verb(
    'watch',
    'follow what waits for a decision until interrupted; with --json one document a line',
  ).action((options: ApprovalOptions) =>
    run(async (io) => (await import('./watch.ts')).watchApprovals(io, options)),
  );
};

const deciding = (command: ReturnType<typeof withJson>): typeof command =>
  command
    .option(
      '--as <user>',
      'the Okta user who decides, proven by ARX_KEY (default: whose key it is)',
      nonEmptyText,
    )
    .option('--reason <text>', 'why; stands with the decision', nonEmptyText);

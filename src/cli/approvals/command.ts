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

/** Options of the verbs that decide. */
export interface DecideOptions extends ApprovalOptions {
  as?: string;
  reason?: string;
}

const REQUEST = 'id of the request, or `approval/ID`';

/** `arx approvals`: shows requests for approval and how they were decided, and decides them. */
export const defineApprovals: DefineVerb = (program, run) => {
  const approvals = withInheritedJson(
    program
      .command('approvals')
      .description('show requests for approval, decide them, and explain their outcomes'),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(approvals.command(name).description(about))));
  verb('list', 'list requests that wait for a decision')
    .option('--all', 'include decided requests, newest first')
    .option('--limit <number>', 'maximum number of requests', whole(1, 1_000), 100)
    .action((options: ApprovalOptions & { all?: boolean; limit: number }) =>
      run(async (io) => (await import('./list.ts')).listApprovals(io, options)),
    );
  verb('show', 'show one request: the operation, the requester, the approvers and their votes')
    .argument('<request>', REQUEST, nonEmptyText)
    .action((request: string, options: ApprovalOptions) =>
      run(async (io) => (await import('./list.ts')).showApproval(io, request, options)),
    );
  verb('why', 'explain the state of a request, from the audit trail')
    .argument('<request>', REQUEST, nonEmptyText)
    .action((request: string, options: ApprovalOptions) =>
      run(async (io) => (await import('./why.ts')).showHistory(io, request, options)),
    );
  for (const verdict of ['approve', 'deny'] as const) {
    withDecisionOptions(
      verb(verdict, `${verdict} a request, as the user proven by ARX_KEY`).argument(
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
  withDecisionOptions(
    verb(
      'sign',
      'sign a decision without sending it, as a payload for the Temporal UI or the temporal command',
    )
      .argument('<request>', REQUEST, nonEmptyText)
      .addArgument(new Argument('<verdict>', 'the decision').choices(['approve', 'deny'])),
  ).action((request: string, verdict: 'approve' | 'deny', options: DecideOptions) =>
    run(async (io) => (await import('./decide.ts')).signRequest(io, { request, verdict, options })),
  );
  verb(
    'watch',
    'follow the requests that wait for a decision until interrupted; with --json one document per line',
  ).action((options: ApprovalOptions) =>
    run(async (io) => (await import('./watch.ts')).watchApprovals(io, options)),
  );
};

const withDecisionOptions = (command: ReturnType<typeof withJson>): typeof command =>
  command
    .option(
      '--as <user>',
      'the Okta user who decides, proven by ARX_KEY (default: the owner of the key)',
      nonEmptyText,
    )
    .option('--reason <text>', 'the reason, stored with the decision', nonEmptyText);

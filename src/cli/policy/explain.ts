import { isAnonymous } from '../../governance/principal.ts';
import { guardrailsOf } from '../../config/schema/guardrails.ts';
import { nearest } from '../../config/yaml/nearest.ts';
import { findOperation, OPERATIONS } from '../../governance/catalogue.ts';
import { contextOf, riskIncrease } from '../../governance/context.ts';
import { decisionDocument } from '../../governance/document.ts';
import { evaluate } from '../../governance/evaluate.ts';
import type { Decision } from '../../governance/types.ts';
import { whatWouldChange } from '../../governance/what-if.ts';
import type { DecisionInput } from '../../governance/what-if.ts';
import { decisionText } from './render.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import type { ExplainOptions } from './command.ts';
import { argumentsDigest, argumentsIn, factsIn } from './arguments.ts';
import { bundleAt, parseOperation } from './bundle.ts';

/** `arx policy explain`: exit code 0, whatever the decision. */
export async function explain(io: Io, name: string, options: ExplainOptions) {
  const settings = await loadSettings(io, options);
  const { connector, operation } = parseOperation(name);
  const row = findOperation(connector, operation);
  const argsDigest =
    options.args === undefined ? undefined : argumentsDigest(options.args, settings.arx.cwd, row);
  const input: DecisionInput = {
    request: {
      connector,
      operation,
      principal: options.as,
      argsDigest,
      ...conditionInput(options, settings.arx.cwd),
    },
    bundle: bundleAt(options.policies, settings),
    guardrails: guardrailsOf(settings.config),
    catalogue: OPERATIONS,
  };
  const decision = evaluate(input.request, input.bundle, input.guardrails, input.catalogue);
  const hints = [
    ...decision.hints,
    ...whatWouldChange(input, decision),
    ...remarks(input, decision, settings),
  ];
  const document = decisionDocument(
    { ...decision, hints },
    input.request,
    settings.config.approvals,
  );
  if (options.json) await writeJson(io, document);
  else await print(io, decisionText(document, io.colors.out));
  return EXIT.ok;
}

/** What conditions are evaluated on; arguments and facts that are not given are unknown. */
function conditionInput({ args, facts }: ExplainOptions, cwd: string) {
  const about = facts === undefined ? {} : factsIn(facts, cwd);
  return {
    ...(args !== undefined && { args: argumentsIn(args, cwd) }),
    about,
    raisedBy: riskIncrease(contextOf(about)),
    now: Date.now(),
  };
}

type Remark = (asked: DecisionInput, decision: Decision, settings: Settings) => string[];

const remarks: Remark = (...facts) => REMARKS.flatMap((remark) => remark(...facts));

const REMARKS: readonly Remark[] = [
  ({ request: { connector, operation } }, { code }) => {
    if (code !== 'fail_closed' || findOperation(connector, operation)) return [];
    const near = nearest(
      `${connector}:${operation}`,
      OPERATIONS.map((row) => `${row.connector}:${row.operation}`),
    );
    return near ? [`did you mean ${near}?`] : [];
  },
  ({ request: { principal } }) =>
    principal.includes(':')
      ? []
      : ['a principal has the form user:LOGIN-OR-ID, agent:ID, workflow:NAME or flow:NAME'],
  ({ request: { principal } }, { effect }) =>
    isAnonymous(principal)
      ? [
          effect === 'deny'
            ? 'this asks as user:anonymous; sign in with ARX_KEY, or pass --as, to ask as a person'
            : 'user:anonymous is any caller without authentication and without --as; to exclude them, deny this principal',
        ]
      : [],
  (_, { risk, effect }, { config }) =>
    risk === 'CRITICAL' && effect === 'approval'
      ? [
          `CRITICAL needs ${config.approvals.critical_quorum} different approvers, regardless of count`,
        ]
      : [],
  (_, { obligations }, { config }) => {
    const others =
      config.approvals.default_approvers.join(', ') ||
      'none: approvals.default_approvers in arx.yaml is empty';
    return obligations.approvers
      .filter(({ any_of }) => any_of.length === 0)
      .map(
        ({ policy, hitlChannel }) =>
          `policy ${policy} names no approvers, so these may approve: ${hitlChannel ? `members of ${hitlChannel} with an Okta user, and ` : ''}the default approvers (${others})`,
      );
  },
];

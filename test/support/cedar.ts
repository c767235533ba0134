import { OPERATIONS } from '../../src/governance/catalogue.ts';
import type { DecisionRequest, Guardrails, Policy, Risk } from '../../src/governance/types.ts';
import { RISKS } from '../../src/governance/types.ts';

// Deliberately independent of the evaluator's own matcher.
const covers = (glob: string, text: string): boolean =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^:]*')}$`).test(text);
const level = (risk: Risk): number => RISKS.indexOf(risk);

/**
 * Equivalent Cedar policies for one connector: globs over operations become listed actions, globs
 * over principals `like` patterns, a deny a forbid, a grant with its ceiling a permit, the
 * guardrail a forbid above it.
 */
export function cedarPolicies(
  all: readonly Policy[],
  { riskMax }: Guardrails,
  connector: string,
): string {
  const rail = riskMax[connector as keyof typeof riskMax];
  return [
    ...all.filter((policy) => policy.connector === connector).flatMap(translate),
    ...(rail
      ? [`forbid (principal, action, resource) when { context.risk > ${level(rail)} };`]
      : []),
  ].join('\n');
}

function translate(policy: Policy): string[] {
  return [
    ...rule('forbid', policy, { globs: policy.deny, when: conditions(policy, 'forbid') }),
    ...rule('permit', policy, {
      globs: policy.operations,
      when: `${ceiling(policy)}) && (${anonymous(policy)}) && (${conditions(policy, 'permit')}`,
    }),
  ];
}

function rule(
  effect: 'permit' | 'forbid',
  policy: Policy,
  { globs, when }: { globs: string[]; when: string },
): string[] {
  const actions = OPERATIONS.filter(
    ({ connector, operation }) =>
      connector === policy.connector && globs.some((glob) => covers(glob, operation)),
  ).map(({ operation }) => `Action::"${operation}"`);
  if (actions.length === 0) return [];
  const scope = `(principal, action in [${actions.join(', ')}], resource)`;
  return [`${effect} ${scope} when { (${who(policy)}) && (${when}) };`];
}

// Kinds are entity types in Cedar; the ids are compared without them.
function who({ principals }: Policy): string {
  if (principals.length === 0) return 'true';
  return principals
    .map((glob) => {
      const [kind = '', id = ''] = glob.split(':');
      return `(principal is ${kind} && context.id like "${id}")`;
    })
    .join(' || ');
}

// A value that is unknown has no attribute `known`; one that does not exist has that alone.
function conditions({ when = [] }: Policy, effect: 'permit' | 'forbid'): string {
  const all = when.map(({ field, operator, value }) => {
    const at = attribute(field);
    const given = `context has ${at} && `;
    const met = {
      eq: `${given}context.${at} == ${JSON.stringify(value)}`,
      ne: `${given}context.${at} != ${JSON.stringify(value)}`,
      in: `${given}${JSON.stringify(value)}.contains(context.${at})`,
      missing: `!(context has ${at})`,
    }[operator];
    return effect === 'permit'
      ? `context.known_${at} && ${met}`
      : `(!context.known_${at} || (${met}))`;
  });
  return all.length === 0 ? 'true' : all.map((one) => `(${one})`).join(' && ');
}

const FIELDS = ['is_admin', 'group.name', 'environment'];
const attribute = (field: string): string => field.replace('.', '_');

function attributesIn({ about = {} }: DecisionRequest, environment?: string) {
  const values: Record<string, unknown> = { ...(environment && { environment }), ...about };
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = values[field];
      const known = [`known_${attribute(field)}`, value !== undefined];
      return value === undefined || value === null ? [known] : [known, [attribute(field), value]];
    }),
  );
}

// No glob grants the anonymous caller more than reading.
function anonymous({ principals }: Policy): string {
  if (principals.length === 0 || principals.includes('user:anonymous')) return 'true';
  return '!(principal is user && context.id == "anonymous") || context.reads';
}

function ceiling({ riskMax, ceiling: kind, approval }: Policy): string {
  const stated = RISKS.filter((risk) => approval[risk] !== undefined).map(level);
  const above = kind === 'escalate' ? ` || [${stated.join(', ')}].contains(context.risk)` : '';
  return `context.risk <= ${level(riskMax)}${above}`;
}

/** One request for each level from the operation's own risk to the raised one. */
export function cedarRequests(request: DecisionRequest, { environment }: Guardrails) {
  const { connector, operation, principal, raisedBy = 0 } = request;
  const facts = OPERATIONS.find(
    (row) => row.connector === connector && row.operation === operation,
  );
  if (!facts) throw new Error(`the catalogue has no ${connector} ${operation}`);
  const [type = '', id = ''] = principal.split(':');
  const base = level(facts.risk);
  return RISKS.map((_, risk) => risk)
    .filter((risk) => risk >= base && risk <= base + raisedBy)
    .map((risk) => ({
      principal: { type, id },
      action: { type: 'Action', id: operation },
      resource: { type: 'Organisation', id: connector },
      context: {
        risk,
        id,
        reads: facts.risk === 'LOW' && facts.writes !== true,
        ...attributesIn(request, environment),
      },
    }));
}

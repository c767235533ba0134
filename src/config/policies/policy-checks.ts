import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { SourcedPolicy } from './policies.ts';
import { RISK_WORDS } from '../schema/words.ts';

/** What is wrong with policies that each file's schema lets pass. */
export function policyErrors(
  policies: readonly SourcedPolicy[],
  connectors: readonly string[],
): ConfigError[] {
  const seen = new Map<string, SourcedPolicy>();
  return policies.flatMap((one) => {
    const earlier = seen.get(one.policy.name);
    if (!earlier) seen.set(one.policy.name, one);
    return [
      ...duplicate(one, earlier),
      ...unknownConnector(one, connectors),
      ...saysNothing(one),
      ...approvalErrors(one),
    ];
  });
}

function duplicate(
  { policy, source, at }: SourcedPolicy,
  earlier: SourcedPolicy | undefined,
): ConfigError[] {
  if (!earlier) return [];
  const { file, line } = earlier.policy.place;
  const says = `policy ${policy.name} exists already, at ${file}:${line}`;
  return [
    new ConfigError(
      'duplicate_policy',
      says,
      'Give one of the two another name.',
      source.valuePlace([at, 'name']),
    ),
  ];
}

function unknownConnector(
  { policy, source, at }: SourcedPolicy,
  connectors: readonly string[],
): ConfigError[] {
  if (connectors.includes(policy.connector)) return [];
  const near = nearest(policy.connector, connectors);
  const remedy = near ? `Did you mean ${near}?` : `Connectors: ${connectors.join(', ')}.`;
  const says = `policy ${policy.name}: there is no such connector`;
  return [new ConfigError('unknown_connector', says, remedy, source.valuePlace([at, 'connector']))];
}

function saysNothing({ policy, source, at }: SourcedPolicy): ConfigError[] {
  if (policy.operations.length > 0 || policy.deny.length > 0) return [];
  const says = `policy ${policy.name} names neither operations nor deny`;
  return [
    new ConfigError('missing_key', says, 'Add operations: or deny:.', source.valuePlace([at])),
  ];
}

// A level that needs a person and that this policy can reach, but would let through without one.
function approvalErrors({ policy, stated, source, at }: SourcedPolicy): ConfigError[] {
  const reach =
    policy.ceiling === 'escalate' ? RISK_WORDS.length : RISK_WORDS.indexOf(riskMaxOf(stated)) + 1;
  return RISK_WORDS.slice(2, reach).flatMap((level) => {
    const mode = policy.approval[level.toUpperCase() as 'HIGH' | 'CRITICAL'];
    if (mode === undefined || mode === 'hitl') return [];
    const path = typeof stated.approval === 'string' ? [at, 'approval'] : [at, 'approval', level];
    const says = `policy ${policy.name}: ${level} risk cannot go without a person (approval ${mode})`;
    return [
      new ConfigError(
        'unattended_risk',
        says,
        `Write hitl for ${level}, or lower risk_max.`,
        source.valuePlace(path),
      ),
    ];
  });
}

const riskMaxOf = (stated: SourcedPolicy['stated']): (typeof RISK_WORDS)[number] =>
  stated.risk_max ?? 'low';

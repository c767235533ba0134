/** Checks of policy files beyond their schema. */

import { ConfigError } from '../errors.ts';
import { nearest } from '../yaml/nearest.ts';
import type { PolicyNames, SourcedPolicy } from './policies.ts';
import { RISK_WORDS } from '../schema/words.ts';

/** The errors of policies that the schema of a file does not catch. */
export function policyErrors(
  policies: readonly SourcedPolicy[],
  { connectors, conditionFields }: PolicyNames,
): ConfigError[] {
  const seen = new Map<string, SourcedPolicy>();
  return policies.flatMap((one) => {
    const earlier = seen.get(one.policy.name);
    if (!earlier) seen.set(one.policy.name, one);
    return [
      ...duplicate(one, earlier),
      ...unknownConnector(one, connectors),
      ...emptyPolicy(one),
      ...approvalErrors(one),
      ...fieldErrors(one, conditionFields),
    ];
  });
}

function duplicate(
  { policy, source, at }: SourcedPolicy,
  earlier: SourcedPolicy | undefined,
): ConfigError[] {
  if (!earlier) return [];
  const { file, line } = earlier.policy.place;
  const message = `policy ${policy.name} is also defined at ${file}:${line}`;
  return [
    new ConfigError(
      'duplicate_policy',
      message,
      'Rename one of them.',
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
  const message = `policy ${policy.name}: unknown connector ${JSON.stringify(policy.connector)}`;
  return [
    new ConfigError('unknown_connector', message, remedy, source.valuePlace([at, 'connector'])),
  ];
}

function fieldErrors(
  { policy, source, at }: SourcedPolicy,
  known: readonly string[],
): ConfigError[] {
  return (policy.when ?? []).flatMap(({ field }, place) => {
    if (known.includes(field) || /^args(\.[A-Za-z_][\w-]{0,99}){1,10}$/.test(field)) return [];
    const near = nearest(field, known);
    const remedy = near ? `Did you mean ${near}?` : `Fields: ${known.join(', ')}, args.NAME.`;
    return [
      new ConfigError(
        'unknown_field',
        `policy ${policy.name}: conditions have no field ${field}`,
        remedy,
        source.valuePlace([at, 'when', place, 'field']),
      ),
    ];
  });
}

function emptyPolicy({ policy, source, at }: SourcedPolicy): ConfigError[] {
  if (policy.operations.length > 0 || policy.deny.length > 0) return [];
  const message = `policy ${policy.name} has neither operations nor deny`;
  return [
    new ConfigError('missing_key', message, 'Add operations: or deny:.', source.valuePlace([at])),
  ];
}

// HIGH and CRITICAL require a person. Finds those levels that this policy can reach but would allow
// without one.
function approvalErrors({ policy, stated, source, at }: SourcedPolicy): ConfigError[] {
  const reach =
    policy.ceiling === 'escalate' ? RISK_WORDS.length : RISK_WORDS.indexOf(riskMaxOf(stated)) + 1;
  return RISK_WORDS.slice(2, reach).flatMap((level) => {
    const mode = policy.approval[level.toUpperCase() as 'HIGH' | 'CRITICAL'];
    if (mode === undefined || mode === 'hitl') return [];
    const path = typeof stated.approval === 'string' ? [at, 'approval'] : [at, 'approval', level];
    const message = `policy ${policy.name}: ${level} risk requires a person (approval is ${mode})`;
    return [
      new ConfigError(
        'unattended_risk',
        message,
        `Write hitl for ${level}, or lower risk_max.`,
        source.valuePlace(path),
      ),
    ];
  });
}

const riskMaxOf = (stated: SourcedPolicy['stated']): (typeof RISK_WORDS)[number] =>
  stated.risk_max ?? 'low';

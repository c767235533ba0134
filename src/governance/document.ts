import type { ConnectorName, Decision } from './types.ts';

/** The defaults of arx.yaml for approvals; durations as text. */
interface ApprovalDefaults {
  expires_in: string;
  grant_valid_for: string;
}

/** A decision as JSON for scripts. */
export interface DecisionDocument {
  schema: 'arx.decision/v1';
  connector: string;
  operation: string;
  principal: string;
  risk: Decision['risk'];
  effect: Decision['effect'];
  code: Decision['code'];
  determining: Decision['determining'];
  considered: Decision['considered'];
  obligations: {
    approval: Decision['obligations']['approval'];
    /** An empty `any_of` means the members of the channel and the default approvers. */
    approvers: { policy: string; any_of: string[]; count: number; hitl_channel: string | null }[];
    /** Durations such as `1h`; null if no approval is required. */
    expires_in: string | null;
    grant_valid_for: string | null;
  };
  hints: string[];
  bundleDigest: string | null;
  argsDigest: string | null;
}

interface RequestedOperation {
  connector: ConnectorName | (string & {});
  principal: string;
}

/**
 * The document of a decision. If approval is required, durations that no policy states are those of
 * arx.yaml.
 */
export function decisionDocument(
  decision: Decision,
  requested: RequestedOperation,
  defaults: ApprovalDefaults,
): DecisionDocument {
  const { obligations, ...facts } = decision;
  const { approval, approvers, expiresInMs, grantValidForMs } = obligations;
  const lasting = (ms: number | null, otherwise: string): string | null =>
    approval === 'hitl' ? (ms === null ? otherwise : durationText(ms)) : null;
  return {
    schema: 'arx.decision/v1',
    connector: requested.connector,
    operation: facts.operation,
    principal: requested.principal,
    risk: facts.risk,
    effect: facts.effect,
    code: facts.code,
    determining: facts.determining,
    considered: facts.considered,
    obligations: {
      approval,
      approvers: approvers.map(({ hitlChannel, ...one }) => ({
        ...one,
        hitl_channel: hitlChannel,
      })),
      expires_in: lasting(expiresInMs, defaults.expires_in),
      grant_valid_for: lasting(grantValidForMs, defaults.grant_valid_for),
    },
    hints: facts.hints,
    bundleDigest: facts.bundleDigest,
    argsDigest: facts.argsDigest,
  };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/**
 * A duration as configuration files write it, in the largest unit without a fraction: `90m`, `1h`,
 * `2d`.
 */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, whole]) => ms % whole === 0) ?? ['s', 1_000];
  return `${ms / size}${unit}`;
}

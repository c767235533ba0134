import type { ConnectorName, Decision } from './types.ts';

/** What arx.yaml says of approvals where a policy says nothing; durations as text. */
export interface ApprovalDefaults {
  expires_in: string;
  grant_valid_for: string;
}

/** A decision as scripts read it. */
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
    /** An empty `any_of`: who is in the channel, and the default approvers. */
    approvers: { policy: string; any_of: string[]; count: number; hitl_channel: string | null }[];
    /** Durations such as `1h`; null where nobody is asked. */
    expires_in: string | null;
    grant_valid_for: string | null;
  };
  hints: string[];
  bundleDigest: string | null;
  argsDigest: string | null;
}

interface Asked {
  connector: ConnectorName | (string & {});
  principal: string;
}

/**
 * The document of a decision; where a person is asked, unstated durations are those of arx.yaml.
 */
export function decisionDocument(
  decision: Decision,
  asked: Asked,
  defaults: ApprovalDefaults,
): DecisionDocument {
  const { obligations, ...facts } = decision;
  const { approval, approvers, expiresInMs, grantValidForMs } = obligations;
  const lasting = (ms: number | null, otherwise: string): string | null =>
    approval === 'hitl' ? (ms === null ? otherwise : durationText(ms)) : null;
  return {
    schema: 'arx.decision/v1',
    connector: asked.connector,
    operation: facts.operation,
    principal: asked.principal,
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
 * Milliseconds as files write them, in the largest unit that keeps them whole: `90m`, `1h`, `2d`.
 */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, whole]) => ms % whole === 0) ?? ['s', 1_000];
  return `${ms / size}${unit}`;
}

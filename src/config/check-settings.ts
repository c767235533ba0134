import { durationMs } from './durations.ts';
import type { ArxConfig } from './schema.ts';

/** What arx.yaml says of the main job, with presets spelled out and durations in milliseconds. */
export interface CheckSettings {
  statuses: string[];
  /** Ids or exact names; empty: everybody. */
  groups: string[];
  allowed: string[];
  graceMs: number;
  maxUnknown: number;
  maxDrop: number;
  window: number;
  batch: 'auto' | number;
  exemptions: ArxConfig['exemptions'];
  privilegedGroups: string[];
  tickets: {
    mode: 'per_user' | 'bulk' | 'none';
    issueType: string;
    labels: string[];
    priority: string | null;
    dueInMs: number | null;
    closeOnCompliance: boolean;
    closeTransition: string;
    settleMs: number[];
  };
  slackChannel: string | null;
  permitted: { okta: string[]; jira: string[]; slack: string[] };
}

const PRESETS: Record<string, readonly string[]> = { phishing_resistant: ['webauthn', 'u2f', 'signed_nonce'] };

/** Settings of the main job from a configuration with its defaults filled in. */
export function checkSettings(config: ArxConfig): CheckSettings {
  const { tickets, scan, connectors, allowed_factor_types: allowed } = config;
  return {
    statuses: config.scope.statuses,
    groups: config.scope.groups,
    allowed: typeof allowed === 'string' ? [...(PRESETS[allowed] ?? [])] : allowed,
    graceMs: durationMs(config.grace_period),
    maxUnknown: scan.max_unknown,
    maxDrop: scan.max_drop,
    window: scan.window,
    batch: scan.batch,
    exemptions: config.exemptions,
    privilegedGroups: config.twin.privileged_groups,
    tickets: {
      mode: tickets.mode,
      issueType: tickets.issue_type,
      labels: tickets.labels,
      priority: tickets.priority,
      dueInMs: tickets.due_in === null ? null : durationMs(tickets.due_in),
      closeOnCompliance: tickets.close_on_compliance,
      closeTransition: tickets.close_transition,
      settleMs: tickets.settle.map(durationMs),
    },
    slackChannel: config.slack.channel,
    permitted: {
      okta: connectors.okta.operations,
      jira: connectors.jira.operations,
      slack: connectors.slack.operations,
    },
  };
}

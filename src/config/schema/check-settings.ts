import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

type TicketFields = ArxConfig['tickets']['fields'];

/** The settings of the MFA check in arx.yaml, with durations in milliseconds. */
export interface CheckSettings {
  statuses: string[];
  /** Ids or exact names; empty: all users. */
  groups: string[];
  /** Factor types, or a preset by its name. */
  allowed: ArxConfig['allowed_factor_types'];
  graceMs: number;
  maxUnknown: number;
  maxDrop: number;
  window: number;
  batch: 'auto' | number;
  scan: { mode: 'full' | 'delta'; fullEveryMs: number; logDelayMs: number };
  exemptions: ArxConfig['exemptions'];
  privilegedGroups: string[];
  tickets: {
    mode: 'per_user' | 'bulk' | 'none';
    issueType: string;
    labels: string[];
    priority: string | null;
    dueInMs: number | null;
    /** Further fields of new tickets, by Jira's ids. */
    fields: TicketFields;
    closeOnCompliance: boolean;
    closeOnDeparture: boolean;
    close: {
      transition: string | null;
      preferred: string;
      resolution: string | null;
      fields: TicketFields;
      comment: string | null;
    };
    reopen: { transition: string | null; fields: TicketFields; comment: string | null };
    settleMs: number[];
  };
  slackChannel: string | null;
  permitted: { okta: string[]; jira: string[]; slack: string[] };
}

/** The settings of the MFA check from a configuration with its defaults filled in. */
export function checkSettings(config: ArxConfig): CheckSettings {
  const { tickets, scan, connectors } = config;
  return {
    statuses: config.scope.statuses,
    groups: config.scope.groups,
    allowed: config.allowed_factor_types,
    graceMs: durationMs(config.grace_period),
    maxUnknown: scan.max_unknown,
    maxDrop: scan.max_drop,
    window: scan.window,
    batch: scan.batch,
    scan: {
      mode: scan.mode === 'delta' ? 'delta' : 'full',
      fullEveryMs: durationMs(scan.full_every),
      logDelayMs: durationMs(scan.log_delay),
    },
    exemptions: config.exemptions,
    privilegedGroups: config.twin.privileged_groups,
    tickets: {
      mode: tickets.mode,
      issueType: tickets.issue_type,
      labels: tickets.labels,
      priority: tickets.priority,
      fields: tickets.fields,
      dueInMs: tickets.due_in === null ? null : durationMs(tickets.due_in),
      closeOnCompliance: tickets.close_on_compliance,
      closeOnDeparture: tickets.close_on_departure,
      close: {
        transition: tickets.close.transition ?? tickets.close.status ?? null,
        preferred: tickets.close_transition,
        resolution: tickets.close.resolution ?? null,
        fields: tickets.close.fields,
        comment: tickets.close.comment ?? null,
      },
      reopen: {
        transition: tickets.reopen.transition ?? tickets.reopen.status ?? null,
        fields: tickets.reopen.fields,
        comment: tickets.reopen.comment ?? null,
      },
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

/**
 * Audit entries as events of the Open Cybersecurity Schema Framework 1.3.0. docs/audit.md describes
 * the mapping.
 */
import type { StoredText } from './chain.ts';
import type { AuditEntry, JsonObject } from './types.ts';

const OCSF_VERSION = '1.3.0';

type Class = { class_uid: number; class_name: string; category_uid: number; category_name: string };

const API: Class = {
  class_uid: 6003,
  class_name: 'API Activity',
  category_uid: 6,
  category_name: 'Application Activity',
};
const IAM = { category_uid: 3, category_name: 'Identity & Access Management' };
const ACCOUNT: Class = { class_uid: 3001, class_name: 'Account Change', ...IAM };
const AUTHENTICATION: Class = { class_uid: 3002, class_name: 'Authentication', ...IAM };

interface Activity {
  of: Class;
  id: number;
  name: string;
}

/** Operations on accounts, for entries with the outcome of a call. */
const ON_ACCOUNTS: Record<string, Activity> = {
  'okta:users:create': { of: ACCOUNT, id: 1, name: 'Create' },
  'okta:users:activate': { of: ACCOUNT, id: 2, name: 'Enable' },
  'okta:users:unsuspend': { of: ACCOUNT, id: 2, name: 'Enable' },
  'okta:users:expire_password': { of: ACCOUNT, id: 3, name: 'Password Change' },
  'okta:users:reset_password': { of: ACCOUNT, id: 4, name: 'Password Reset' },
  'okta:users:suspend': { of: ACCOUNT, id: 5, name: 'Disable' },
  'okta:users:deactivate': { of: ACCOUNT, id: 5, name: 'Disable' },
  'okta:users:clear_sessions': { of: AUTHENTICATION, id: 2, name: 'Logoff' },
  'entra:users:enable': { of: ACCOUNT, id: 2, name: 'Enable' },
  'entra:users:disable': { of: ACCOUNT, id: 5, name: 'Disable' },
  'entra:users:revoke_sessions': { of: AUTHENTICATION, id: 2, name: 'Logoff' },
  'google:users:unsuspend': { of: ACCOUNT, id: 2, name: 'Enable' },
  'google:users:suspend': { of: ACCOUNT, id: 5, name: 'Disable' },
  'salesforce:users:activate': { of: ACCOUNT, id: 2, name: 'Enable' },
  'salesforce:users:deactivate': { of: ACCOUNT, id: 5, name: 'Disable' },
};

const OUTCOMES = ['action.succeeded', 'action.failed', 'action.unknown'];

/** API activities by the verb of the operation or kind. All others are 99, Other. */
const API_ACTIVITIES: [verbs: RegExp, id: number, name: string][] = [
  [/^(read|checked|rechecked|page|verified)/, 2, 'Read'],
  [/^(create|created|write|add|assign|posted|opened|issued)/, 1, 'Create'],
  [
    /^(update|updated|comment|transition|closed|reopened|rotated|loaded|switched|changed)/,
    3,
    'Update',
  ],
  [/^(delete|remove|clear|revoke)/, 4, 'Delete'],
];

/**
 * Status by the last part of the kind, or by the outcome of a delegated flow. All others are a
 * success.
 */
const STATUSES: Record<string, { status_id: number; status: string }> = {
  failed: { status_id: 2, status: 'Failure' },
  denied: { status_id: 2, status: 'Failure' },
  refused: { status_id: 2, status: 'Failure' },
  rejected: { status_id: 2, status: 'Failure' },
  stale: { status_id: 2, status: 'Failure' },
  expired: { status_id: 2, status: 'Failure' },
  unknown: { status_id: 0, status: 'Unknown' },
  intended: { status_id: 0, status: 'Unknown' },
  started: { status_id: 0, status: 'Unknown' },
  requested: { status_id: 0, status: 'Unknown' },
  unverified: { status_id: 0, status: 'Unknown' },
};
const SUCCESS = { status_id: 1, status: 'Success' };

const SEVERITIES: Record<string, { severity_id: number; severity: string }> = {
  LOW: { severity_id: 1, severity: 'Informational' },
  MEDIUM: { severity_id: 2, severity: 'Low' },
  HIGH: { severity_id: 3, severity: 'Medium' },
  CRITICAL: { severity_id: 4, severity: 'High' },
};
const INFORMATIONAL = { severity_id: 1, severity: 'Informational' };

/**
 * One entry as an OCSF event. `unmapped` contains the hashes, so that the event can be traced to
 * the trail.
 */
export function ocsfEvent({ index, text }: StoredText): JsonObject {
  const entry = JSON.parse(text) as AuditEntry;
  const { of, id, name } = activityOf(entry);
  const target = entry.target ?? entry.subject;
  return {
    ...of,
    activity_id: id,
    activity_name: name,
    type_uid: of.class_uid * 100 + id,
    type_name: `${of.class_name}: ${name}`,
    time: Date.parse(entry.at),
    ...(SEVERITIES[entry.risk ?? ''] ?? INFORMATIONAL),
    ...statusOf(entry),
    message: entry.kind,
    metadata: metadataOf(entry, index),
    actor: { user: { uid: entry.actor.principal, name: entry.actor.principal } },
    ...(of === API ? apiFields(entry, target) : accountFields(entry, target)),
    unmapped: extraFields(entry),
  };
}

function activityOf(entry: AuditEntry): Activity {
  const onAccount = OUTCOMES.includes(entry.kind) ? ON_ACCOUNTS[entry.operation ?? ''] : undefined;
  if (onAccount) return onAccount;
  const verb = entry.operation?.split(':').at(-1) ?? entry.kind.split('.').at(-1) ?? '';
  const [, id, name] = API_ACTIVITIES.find(([verbs]) => verbs.test(verb)) ?? [null, 99, 'Other'];
  return { of: API, id, name };
}

function statusOf({ kind, outcome, decision }: AuditEntry): JsonObject {
  const word = outcome?.['outcome'] ?? kind.split('.').at(-1);
  const status = STATUSES[typeof word === 'string' ? word : ''] ?? SUCCESS;
  const code = outcome?.['code'] ?? (status.status_id === 2 ? decision?.code : undefined);
  return typeof code === 'string' ? { ...status, status_code: code } : { ...status };
}

function metadataOf({ id, workflowId }: AuditEntry, index: number): JsonObject {
  return {
    version: OCSF_VERSION,
    uid: id,
    sequence: index,
    correlation_uid: workflowId,
    product: { name: 'arx', vendor_name: 'arx' },
    log_name: 'arx audit trail',
  };
}

function apiFields(
  { operation, kind, surface, correlation, argsDigest }: AuditEntry,
  target: string,
): JsonObject {
  const request = correlation?.['requestId'];
  return {
    api: {
      operation: operation ?? kind,
      service: { name: operation?.split(':').at(-3) ?? 'arx' },
      ...(typeof request === 'string' ? { request: { uid: request } } : {}),
    },
    // Entries do not store addresses; the origin of a call is its surface.
    src_endpoint: { name: surface },
    resources: [{ uid: target, ...(argsDigest === undefined ? {} : { data: { argsDigest } }) }],
  };
}

function accountFields({ surface, operation }: AuditEntry, target: string): JsonObject {
  const service = { name: operation?.split(':').at(-3) ?? 'arx' };
  return { user: { uid: target }, src_endpoint: { name: surface }, service };
}

function extraFields(entry: AuditEntry): JsonObject {
  const { run, kind, sequence, decision, args, outcome, prevHash, hash } = entry;
  const fields = { run, kind, sequence, decision, args, outcome, prevHash, hash };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(present),
    authenticatedBy: entry.actor.authenticatedBy,
  } as JsonObject;
}

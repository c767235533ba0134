/** Principal, ticket labels and scope key of the main job. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Principal of the main job in policies. */
export const MFA_PRINCIPAL = 'workflow:mfa-enforcement-check';

/** The control that the main job enforces; part of every ticket's identity. */
export const MFA_CONTROL = 'mfa-enforcement';

function digest(parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}

/**
 * Identity of a ticket, used as its label: the same for one org, subject and control in every run.
 */
export function ticketLabel(org: string, subject: string, control: string = MFA_CONTROL): string {
  return `arx-${digest([org, subject, control]).slice(0, 20)}`;
}

/** Whether a label is a ticket identity. */
export function isTicketLabel(label: string): boolean {
  return /^arx-[0-9a-f]{20}$/.test(label);
}

/** Label that all tickets of one org and control share. */
export function controlLabel(org: string): string {
  return `arx-mfa-${digest([org]).slice(0, 8)}`;
}

/** Runs with the same key cover the same users: same org, statuses and groups, in any order. */
export function scopeKey(
  org: string,
  statuses: readonly string[],
  groupIds: readonly string[],
): string {
  return digest([org, ...statuses.toSorted(), '|', ...groupIds.toSorted()]).slice(0, 32);
}

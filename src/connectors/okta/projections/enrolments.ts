import { z } from 'zod';
import type { OktaEnrollment, OktaFactor, OktaRole } from '../types.ts';
import { label, LONGEST_LABEL, text } from './fields.ts';

// The profile (phone numbers, addresses) and _embedded (TOTP seeds) are dropped.
const factor = z
  .object({ id: label, factorType: label, provider: text, status: text })
  .transform(({ id, factorType: type, provider, status }): OktaFactor => ({
    id,
    type,
    provider,
    status,
  }));

/**
 * A fast path for factors of the usual form, with the same result as the schema; null for any other
 * form. A scan reads mostly factors.
 */
function readUsualFactors(json: unknown): OktaFactor[] | null {
  if (!Array.isArray(json)) return null;
  const factors: OktaFactor[] = [];
  for (const row of json as unknown[]) {
    if (typeof row !== 'object' || row === null) return null;
    const { id, factorType: type, provider, status } = row as Record<string, unknown>;
    if (
      !isLabel(id) ||
      !isLabel(type) ||
      typeof provider !== 'string' ||
      typeof status !== 'string'
    )
      return null;
    factors.push({ id, type, provider, status });
  }
  return factors;
}

const isLabel = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= LONGEST_LABEL;

const enrollment = z.object({
  id: label,
  key: label,
  type: text,
  // Chosen by the user, so it may contain a phone number or an e-mail address.
  name: text.transform((name) => (name !== null && /\d{4}|@/.test(name) ? null : name)),
  status: text,
  created: text,
  lastUpdated: text,
});

const role = z
  .object({
    id: label,
    type: label,
    label: text,
    status: text,
    assignmentType: text,
    'resource-set': text,
    _links: z
      .object({ assignee: z.object({ href: text }) })
      .nullish()
      .catch(null),
  })
  .transform(({ 'resource-set': resourceSet, _links: links, ...rest }): OktaRole => ({
    ...rest,
    groupId: groupIn(links?.assignee.href ?? ''),
    resourceSet,
  }));

/** The id of the group to which a link leads; null if it leads elsewhere. */
const groupIn = (href: string): string | null =>
  /\/api\/v1\/groups\/([A-Za-z0-9]{20})$/.exec(href)?.[1] ?? null;

/** A list of enrolled factors: id, type, provider and status, nothing else. */
export const parseFactors = (json: unknown): OktaFactor[] =>
  readUsualFactors(json) ?? z.array(factor).parse(json);
/** A list of authenticator enrolments, without identifiers of devices or phone numbers. */
export const parseEnrollments = (json: unknown): OktaEnrollment[] =>
  z.array(enrollment).parse(json);
/** A list of administrator roles. */
export const parseRoles = (json: unknown): OktaRole[] => z.array(role).parse(json);

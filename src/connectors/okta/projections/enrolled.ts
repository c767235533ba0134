import { z } from 'zod';
import type { OktaEnrollment, OktaFactor, OktaRole } from '../types.ts';
import { label, text } from './fields.ts';

// Neither profile (phone numbers, addresses) nor _embedded (TOTP seeds) leaves these.
const factor = z
  .object({ id: label, factorType: label, provider: text, status: text })
  .transform(({ id, factorType: type, provider, status }): OktaFactor => ({ id, type, provider, status }));

const enrollment = z.object({
  id: label,
  key: label,
  type: text,
  // Given by the person: may hold a number or a name.
  name: text.transform((name) => (name !== null && /\d{4}|@/.test(name) ? null : name)),
  status: text,
  created: text,
  lastUpdated: text,
});

const role = z
  .object({ id: label, type: label, label: text, status: text, assignmentType: text, 'resource-set': text })
  .transform(({ 'resource-set': resourceSet, ...rest }): OktaRole => ({ ...rest, resourceSet }));

/** A list of enrolled factors: id, type, provider and status, nothing else. */
export const parseFactors = (json: unknown): OktaFactor[] => z.array(factor).parse(json);
/** A list of authenticator enrolments, without what identifies the device or number. */
export const parseEnrollments = (json: unknown): OktaEnrollment[] => z.array(enrollment).parse(json);
/** A list of administrator roles. */
export const parseRoles = (json: unknown): OktaRole[] => z.array(role).parse(json);

import { z } from 'zod';
import { oktaId } from './inputs.ts';
import type { OktaFactor, OktaGroup, OktaUser } from '../types.ts';

// Answers are parsed tolerantly: named fields, nulls as Okta sends them, everything else passed over. Only what cannot
// be done without is required.
const text = z.string().nullish();

const user = z.object({
  id: oktaId,
  status: z.string(),
  created: text,
  activated: text,
  lastLogin: text,
  lastUpdated: text,
  profile: z.object({ login: text, email: text, department: text }).nullish(),
});

const group = z.object({ id: oktaId, type: text, profile: z.object({ name: z.string() }) });

const factor = z.object({
  id: z.string().min(1).max(100),
  factorType: z.string().min(1).max(100),
  provider: text,
  status: text,
});

const toUser = (raw: z.infer<typeof user>): OktaUser => ({
  id: raw.id,
  status: raw.status,
  created: raw.created ?? null,
  activated: raw.activated ?? null,
  lastLogin: raw.lastLogin ?? null,
  lastUpdated: raw.lastUpdated ?? null,
  login: raw.profile?.login ?? raw.id,
  email: raw.profile?.email ?? null,
  department: raw.profile?.department ?? null,
});

const toGroup = (raw: z.infer<typeof group>): OktaGroup => ({
  id: raw.id,
  name: raw.profile.name,
  type: raw.type ?? null,
});

// Neither profile (phone numbers, addresses) nor _embedded (TOTP seeds) leaves this function.
const toFactor = (raw: z.infer<typeof factor>): OktaFactor => ({
  id: raw.id,
  type: raw.factorType,
  provider: raw.provider ?? null,
  status: raw.status ?? null,
});

/** A user of Okta's answer; throws where it is none. */
export const parseUser = (json: unknown): OktaUser => toUser(user.parse(json));
/** A list of users. */
export const parseUsers = (json: unknown): OktaUser[] => z.array(user).parse(json).map(toUser);
/** A group of Okta's answer. */
export const parseGroup = (json: unknown): OktaGroup => toGroup(group.parse(json));
/** A list of groups. */
export const parseGroups = (json: unknown): OktaGroup[] => z.array(group).parse(json).map(toGroup);
/** A list of enrolled factors: id, type, provider and status, nothing else. */
export const parseFactors = (json: unknown): OktaFactor[] => z.array(factor).parse(json).map(toFactor);

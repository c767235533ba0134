import { z } from 'zod';
import type {
  OktaAuthenticator,
  OktaAuthorizationServer,
  OktaPolicy,
  OktaPolicyRule,
} from '../types-access.ts';
import { flag, label, number, text } from './fields.ts';

const named = { id: label, type: text, name: text, status: text };
const dated = { created: text, lastUpdated: text };
const ordered = { ...named, ...dated, priority: number, system: flag };

const server = z.object({
  id: label,
  name: text,
  description: text,
  audiences: z
    .array(z.string())
    .nullish()
    .transform((audiences) => audiences ?? []),
  issuer: text,
  status: text,
  ...dated,
});

// Parts that only some policy types have are ignored if they have another form, because types
// differ and change.
const included = z.object({
  people: z.object({ groups: z.object({ include: z.array(z.string()) }) }),
});
const policy = z
  .object({ ...ordered, conditions: z.unknown() })
  .transform(({ conditions, ...rest }): OktaPolicy => ({
    ...rest,
    groups: included.safeParse(conditions).data?.people.groups.include ?? [],
  }));

const signOn = z.object({
  access: text,
  verificationMethod: z.object({ factorMode: text }).nullish(),
});
const actions = z.object({ appSignOn: signOn.nullish(), signon: signOn.nullish() });
const rule = z
  .object({ ...ordered, actions: z.unknown() })
  .transform(({ actions: given, ...rest }): OktaPolicyRule => {
    const parsed = actions.safeParse(given).data;
    const action = parsed?.appSignOn ?? parsed?.signon;
    return {
      ...rest,
      access: action?.access ?? null,
      factorMode: action?.verificationMethod?.factorMode ?? null,
    };
  });

const authenticator = z.object({ ...named, key: text });

/** Reads an authorization server without its keys; throws if the row is not one. */
export const parseServer = (json: unknown): OktaAuthorizationServer => server.parse(json);
/** Reads a policy of any type; throws if the row is not one. */
export const parsePolicy = (json: unknown): OktaPolicy => policy.parse(json);
/** A list of policies of any type. */
export const parsePolicies = (json: unknown): OktaPolicy[] => z.array(policy).parse(json);
/** A list of rules of any type. */
export const parseRules = (json: unknown): OktaPolicyRule[] => z.array(rule).parse(json);
/** A list of authenticators, without their settings and keys. */
export const parseAuthenticators = (json: unknown): OktaAuthenticator[] =>
  z.array(authenticator).parse(json);

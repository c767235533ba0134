import { z } from 'zod';
import { oktaId } from '../inputs.ts';
import { attributesOf } from './attributes.ts';
import type { OktaAppLink, OktaUser, OktaUserDetail } from '../types.ts';
import { flag, label, text } from './fields.ts';

// Only these fields of the profile are kept; phone numbers, addresses, custom attributes and
// `credentials` are dropped.
const user = z
  .object({
    id: oktaId,
    status: z.string(),
    created: text,
    activated: text,
    lastLogin: text,
    lastUpdated: text,
    passwordChanged: text,
    profile: z
      .object({
        login: text,
        email: text,
        department: text,
        title: text,
        userType: text,
        manager: text,
        managerId: text,
      })
      .nullish(),
  })
  .transform(({ profile, ...rest }): OktaUser => ({
    ...rest,
    login: profile?.login ?? rest.id,
    email: profile?.email ?? null,
    department: profile?.department ?? null,
    title: profile?.title ?? null,
    userType: profile?.userType ?? null,
    manager: profile?.manager ?? profile?.managerId ?? null,
  }));

const named = z.object({
  profile: z.object({ displayName: text, firstName: text, lastName: text }).nullish(),
});
const nameOf = ({ profile }: z.infer<typeof named>): string | null => {
  const { displayName, firstName, lastName } = profile ?? {};
  const parts = [firstName, lastName].filter((part) => part);
  return displayName ?? (parts.length > 0 ? parts.join(' ') : null);
};

const appLink = z.object({
  id: label,
  label: text,
  appName: text,
  appInstanceId: text,
  hidden: flag,
});

/** Reads a user; throws if the response is not one. */
export const parseUser = (json: unknown): OktaUser => user.parse(json);
/** Reads a user with the names of its attributes; throws if the response is not one. */
export const parseUserDetail = (json: unknown): OktaUserDetail => ({
  ...parseUser(json),
  name: nameOf(named.parse(json)),
  attributes: attributesOf(json),
});
/** A user's application links, without their URLs. */
export const parseAppLinks = (json: unknown): OktaAppLink[] => z.array(appLink).parse(json);

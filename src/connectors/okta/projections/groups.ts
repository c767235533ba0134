import { z } from 'zod';
import { oktaId } from '../inputs.ts';
import { attributesOf } from './attributes.ts';
import type { OktaGroup, OktaGroupDetail } from '../types.ts';
import { text } from './fields.ts';

const group = z
  .object({
    id: oktaId,
    type: text,
    created: text,
    lastUpdated: text,
    lastMembershipUpdated: text,
    profile: z.object({ name: z.string(), description: text }),
  })
  .transform(({ profile, ...rest }): Omit<OktaGroupDetail, 'attributes'> => ({
    ...rest,
    ...profile,
  }));

/** Reads a group; throws if the response is not one. */
export const parseGroupDetail = (json: unknown): OktaGroupDetail => ({
  ...group.parse(json),
  attributes: attributesOf(json),
});
/** Reads a group without its details; throws if the response is not one. */
export function parseGroup(json: unknown): OktaGroup {
  const { id, name, type } = group.parse(json);
  return { id, name, type };
}

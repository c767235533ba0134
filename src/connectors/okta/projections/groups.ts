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

const short = ({ id, name, type }: OktaGroup): OktaGroup => ({ id, name, type });

/** Reads a group; throws if the response is not one. */
export const parseGroupDetail = (json: unknown): OktaGroupDetail => ({
  ...group.parse(json),
  attributes: attributesOf(json),
});
/** A list of groups. */
export const parseGroups = (json: unknown): OktaGroup[] => z.array(group).parse(json).map(short);

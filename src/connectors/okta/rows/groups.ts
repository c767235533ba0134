import { z } from 'zod';
import {
  atMostOne,
  expression,
  groupInput,
  groupName,
  oktaId,
  pageFields,
  quote,
} from '../inputs.ts';
import { parseGroup, parseGroupDetail } from '../projections/groups.ts';
import type { OktaGroup, OktaGroupOperations } from '../types.ts';
import { cursorOf, nothing, page, pageEvidence, pagingOf, routeTo, same } from './shared.ts';
import type { OktaRows } from './shared.ts';

const PAGE_SIZE = 200;

const listInput = z
  .strictObject({
    name: groupName.optional(),
    search: expression.optional(),
    q: expression.optional(),
    ...pageFields(PAGE_SIZE),
  })
  .refine(atMostOne('name', 'search', 'q'), { path: ['name'] });
const profile = { name: groupName, description: z.string().max(1024).nullish() };
const createInput = z.strictObject(profile);
const updateInput = z.strictObject({ groupId: oktaId, ...profile });

/** `profile.name eq "…"`. */
const nameSearch = (name: string): string => `profile.name eq ${quote(name)}`;

const ONE = '/api/v1/groups/{groupId}';

const bodyOf = ({ name, description }: { name: string; description?: string | null }) => ({
  profile: { name, ...(description === undefined ? {} : { description: description ?? '' }) },
});

type Groups = Pick<
  OktaGroupOperations,
  `groups:${'read' | 'read_detail' | 'create' | 'update' | 'delete'}`
>;

/** Operations on groups. */
export const groupRows = (origin: string): OktaRows<Groups> => ({
  'groups:read': {
    write: false,
    input: listInput,
    route: () => routeTo('GET', '/api/v1/groups'),
    send: async ({ groupApi }, { name, search, q, limit = PAGE_SIZE, after }) => {
      const expressed = name === undefined ? search : nameSearch(name);
      return (
        await groupApi.listGroups({ search: expressed, q, limit, after: cursorOf({ after }) })
      ).getNextPage();
    },
    project: (answered) => {
      const { name } = answered.input;
      // Okta ignores case when it compares names.
      const found = page(parseGroup, answered, { origin, path: '/api/v1/groups' });
      const isWanted = (group: OktaGroup): boolean => name === undefined || group.name === name;
      return { ...found, items: found.items.filter(isWanted) };
    },
    redact: ({ name, search, q, ...pages }) => ({
      byName: (name ?? q) !== undefined,
      ...(search === undefined ? {} : { bySearch: true }),
      ...pagingOf(pages, PAGE_SIZE),
    }),
    evidence: pageEvidence,
  },
  'groups:read_detail': {
    write: false,
    input: groupInput,
    route: ({ groupId }) => routeTo('GET', ONE, { groupId }),
    send: async ({ groupApi }, { groupId }) => groupApi.getGroup({ groupId }),
    project: ({ json, input }) => same(parseGroupDetail(json), input.groupId),
    redact: ({ groupId }) => ({ groupId }),
  },
  'groups:create': {
    write: true,
    input: createInput,
    route: () => routeTo('POST', '/api/v1/groups'),
    send: async ({ groupApi }, given) => groupApi.createGroup({ group: bodyOf(given) }),
    project: ({ json }) => parseGroupDetail(json),
    redact: ({ name }) => ({ name }),
    evidence: ({ id }) => ({ id }),
  },
  'groups:update': {
    write: true,
    input: updateInput,
    route: ({ groupId }) => routeTo('PUT', ONE, { groupId }),
    send: async ({ groupApi }, { groupId, ...given }) =>
      groupApi.replaceGroup({ groupId, group: bodyOf(given) }),
    project: ({ json, input }) => same(parseGroupDetail(json), input.groupId),
    redact: ({ groupId, name }) => ({ groupId, name }),
  },
  'groups:delete': {
    write: true,
    input: groupInput,
    route: ({ groupId }) => routeTo('DELETE', ONE, { groupId }),
    send: async ({ groupApi }, { groupId }) => groupApi.deleteGroup({ groupId }),
    project: nothing,
    redact: ({ groupId }) => ({ groupId }),
  },
});

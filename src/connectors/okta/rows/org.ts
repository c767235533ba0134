import { z } from 'zod';
import { cursorFields, expression, noInput, pageFields } from '../inputs.ts';
import { nextCursor, nextCursorIn } from '../next-link.ts';
import { parseEvents } from '../projections/log-events.ts';
import { parseAssignee, parseAssignees, parseDomains, parseOrg } from '../projections/org.ts';
import type { OktaOrgOperations } from '../types-org.ts';
import type { ProjectionInput } from '../../pipeline/operation.ts';
import { countEvidence, cursorOf, pageEvidence, pagingOf, parseRows, routeTo } from './shared.ts';
import type { OktaRows } from './shared.ts';

/** Okta's page limits for the log and for assignees. */
const LOG_PAGE = 1000;
const ASSIGNEE_PAGE = 200;

const instant = z.iso.datetime({ offset: true });
const logsInput = z.strictObject({
  since: instant.optional(),
  until: instant.optional(),
  filter: expression.optional(),
  q: z
    .string()
    .regex(/^\P{Cc}{1,400}$/u)
    .optional(),
  sortOrder: z.enum(['ASCENDING', 'DESCENDING']).optional(),
  ...cursorFields(LOG_PAGE),
});
const assigneesInput = z.strictObject(pageFields(ASSIGNEE_PAGE));

type Logs = OktaOrgOperations['logs:read'];

// Without `until` the log is polled: there is always a next link, and it stays the same while
// nothing happens.
function nextOfLogs(
  { response, input }: ProjectionInput<Logs['input']>,
  origin: string,
): string | null {
  const after = input.until === undefined ? null : (input.after ?? null);
  return nextCursor(response.headers, { origin, path: '/api/v1/logs', after });
}

/** Operations on the organisation: its settings, log, domains and administrators. */
export const orgRows = (origin: string): OktaRows<OktaOrgOperations> => ({
  'logs:read': {
    write: false,
    input: logsInput,
    route: () => routeTo('GET', '/api/v1/logs'),
    send: async ({ systemLogApi }, { limit = LOG_PAGE, after, ...query }) =>
      (
        await systemLogApi.listLogEvents({ ...query, limit, after: cursorOf({ after }) })
      ).getNextPage(),
    project: (answered) => ({ ...parseEvents(answered.json), next: nextOfLogs(answered, origin) }),
    redact: ({ since, until, filter, q, sortOrder, ...pages }) => ({
      since: since ?? null,
      until: until ?? null,
      sortOrder: sortOrder ?? null,
      byFilter: filter !== undefined,
      byWord: q !== undefined,
      ...pagingOf(pages, LOG_PAGE),
    }),
    evidence: ({ items, next, malformed }) => ({
      ...pageEvidence({ items, next }),
      ...(malformed > 0 ? { unreadable: malformed } : {}),
    }),
  },
  'domains:read': {
    write: false,
    input: noInput,
    route: () => routeTo('GET', '/api/v1/domains'),
    send: async ({ customDomainApi }) => customDomainApi.listCustomDomains(),
    project: ({ json }) => parseDomains(json),
    redact: () => ({}),
    evidence: countEvidence,
  },
  'iam:read_assignees': {
    write: false,
    input: assigneesInput,
    route: () => routeTo('GET', '/api/v1/iam/assignees/users'),
    send: async ({ roleAssignmentApi }, { limit = ASSIGNEE_PAGE, after }) =>
      roleAssignmentApi.listUsersWithRoleAssignments({ limit, after: cursorOf({ after }) }),
    project: ({ json, response, input }) => {
      const { rows, link } = parseAssignees(json);
      const listing = { origin, path: '/api/v1/iam/assignees/users', after: input.after ?? null };
      // This listing has its next link in the body; a link in the headers is accepted too.
      return {
        ...parseRows(parseAssignee, rows, input),
        next: link === null ? nextCursor(response.headers, listing) : nextCursorIn(link, listing),
      };
    },
    redact: (pages) => pagingOf(pages, ASSIGNEE_PAGE),
    evidence: pageEvidence,
  },
  'org:read': {
    write: false,
    input: noInput,
    route: () => routeTo('GET', '/api/v1/org'),
    send: async ({ orgSettingApi }) => orgSettingApi.getOrgSettings(),
    project: ({ json }) => parseOrg(json),
    redact: () => ({}),
    evidence: ({ status }) => ({ status }),
  },
});

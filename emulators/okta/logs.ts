import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { oktaError } from './errors.ts';
import { answerExpressed } from './expressed.ts';
import type { Predicate } from './expression.ts';
import type { OktaOrg } from './org.ts';
import { links } from './paging.ts';
import type { LogEvent, LogParty } from './system-log.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const LARGEST_PAGE = 1000;

/**
 * GET /logs: bounded queries end. Without `until` the log is polled, and there is always a next
 * link.
 */
export function logRoutes(org: OktaOrg): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/logs',
      operation: 'logs:read',
      scope: 'okta.logs.read',
      handle: (request) =>
        answerExpressed(request, ['filter'], (expressed) => list(org, request, expressed)),
    },
  ];
}

interface Asked {
  since: number;
  until: number;
  limit: number;
  after: number;
  bounded: boolean;
}

function list(org: OktaOrg, request: EmulatedRequest, expressed: Predicate): Answer {
  const asked = read(request.query);
  if (typeof asked === 'string') return oktaError('E0000001', asked, [`${asked}: is not valid`]);
  const descending = request.query.get('sortOrder') === 'DESCENDING';
  const q = request.query.get('q')?.toLowerCase();
  const events = descending && asked.bounded ? org.log.events.toReversed() : org.log.events;
  const rows: LogEvent[] = [];
  let place = asked.after;
  for (; place < events.length && rows.length < asked.limit; place += 1) {
    const event = events[place];
    if (event && within(event, asked) && matches(event, expressed) && mentions(event, q))
      rows.push(event);
  }
  const more = rows.length === asked.limit && place < events.length;
  const next = more || !asked.bounded ? `log.${place}` : null;
  return {
    status: 200,
    headers: { link: links(request, next) },
    body: rows.map((event) => render(event)),
  };
}

/** The parsed query, or the name of the invalid parameter. */
function read(query: URLSearchParams): Asked | string {
  const time = (name: string, otherwise: number): number =>
    query.has(name) ? Date.parse(query.get(name) ?? '') : otherwise;
  const until = time('until', Date.now() + 1000);
  const since = time('since', until - WEEK_MS);
  if (Number.isNaN(since)) return 'since';
  if (Number.isNaN(until)) return 'until';
  const limit = query.has('limit') ? Number(query.get('limit')) : 100;
  if (!Number.isInteger(limit) || limit < 0 || limit > LARGEST_PAGE) return 'limit';
  const cursor = query.get('after');
  const after = cursor === null ? 0 : Number(/^log\.(\d+)$/.exec(cursor)?.[1] ?? NaN);
  return Number.isNaN(after)
    ? 'after'
    : { since, until, limit, after, bounded: query.has('until') };
}

const within = ({ published }: LogEvent, { since, until }: Asked): boolean => {
  const at = Date.parse(published);
  return at >= since && at < until;
};

// `target.id` matches if any target does.
function matches(event: LogEvent, expressed: Predicate): boolean {
  const parties: readonly (LogParty | null)[] = event.target.length > 0 ? event.target : [null];
  return parties.some((target) =>
    expressed((path) =>
      path
        .split('.')
        .reduce<unknown>((value, key) => (value as Json | null)?.[key], { ...event, target }),
    ),
  );
}

const mentions = (event: LogEvent, q: string | undefined): boolean =>
  q === undefined || JSON.stringify(event).toLowerCase().includes(q);

const render = (event: LogEvent): unknown => {
  if ('raw' in event) return event.raw;
  const { more, ...entry } = event;
  return {
    ...entry,
    version: '0',
    legacyEventType: null,
    authenticationContext: { externalSessionId: 'unknown', authenticationStep: 0 },
    debugContext: { debugData: { requestUri: '/api/v1' } },
    transaction: { type: 'WEB', id: entry.uuid, detail: {} },
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    request: { ipChain: [] },
    ...more,
  };
};

import type { EstimateDocument } from './document.ts';
import type { Colors } from '../../kit/io.ts';
import { formatPercent } from '../../../mfa/coverage.ts';
import { count, duration, plural, timeText } from '../../kit/text.ts';
import { grid } from '../../kit/grid.ts';

/** An estimate for the terminal: each figure with its basis. */
export function estimateTable(document: EstimateDocument, colors: Colors): string {
  const { users, calls, leastCalls, ticketCalls, seconds, actions, apart, price } = document;
  const rows = [
    ['users', count(users), usersBasis(document)],
    ['Okta calls', count(calls), `one per user, and ${plural(calls - users, 'page')} of the list`],
    ...(leastCalls === null ? [] : [['at least', count(leastCalls), LEAST]]),
    [
      'before tickets',
      ticketCalls === null ? 'not known' : count(ticketCalls),
      ticketBasis(document),
    ],
    ['time', duration(seconds), quotaBasis(document)],
    ['Temporal actions', count(actions), actionsBasis(document)],
    [
      'heartbeats',
      `up to ${count(apart.heartbeats)}`,
      'also actions, while activities wait for the quota',
    ],
    [
      'following it',
      `up to ${count(apart.queries)}`,
      'queries, also actions; none with --detach or in scheduled runs',
    ],
    ['price', money(price.amount), priceBasis(document)],
  ];
  return grid(['what', 'estimate', 'basis'], rows, colors);
}

const LEAST =
  'the list and the log: a delta scan reads only users that changed, at most all users as above';

const BASIS: Record<EstimateDocument['basis']['users'], (document: EstimateDocument) => string> = {
  assumed: () => 'as given with --assume-users',
  last_run: ({ basis }) => `as run ${basis.run ?? ''} found, ${timeText(basis.at)}`,
  listed: ({ basis }) => `as listed, ${timeText(basis.at)}`,
};
const usersBasis = (document: EstimateDocument): string => {
  const { statuses, groups } = document.scope;
  const where = groups.length > 0 ? `, ${plural(groups.length, 'group')}` : '';
  return `${BASIS[document.basis.users](document)}; ${statuses.join(', ')}${where}`;
};

const ticketBasis = ({ ticketCalls, basis }: EstimateDocument): string =>
  ticketCalls === null || basis.tickets === 'none'
    ? 'two per ticket that is opened'
    : 'two per finding of the last run without an open ticket';

function quotaBasis({ quota, basis }: EstimateDocument): string {
  if (quota.limit === null || quota.usable === null)
    return `Okta reports no limit; ${basis.pace} calls per second`;
  const limit = `${count(quota.limit)} per minute (${basis.quota}), share ${formatPercent(quota.share)}`;
  return `${limit}: ${count(quota.usable)} usable`;
}

function actionsBasis({ batch, actionsByPhase: by }: EstimateDocument): string {
  const checks = `${count(by.checks)} checks of ${plural(batch, 'user')}, ${plural(by.listing, 'page')}`;
  return `${checks}, ${count(by.tickets + by.closing)} for tickets, ${count(by.continued)} to continue as new`;
}

const priceBasis = ({ price }: EstimateDocument): string =>
  `Temporal Cloud at $${price.perMillion} per million; ${money(price.withHeartbeats)} with heartbeats, ` +
  `${money(price.withQueries)} if followed; your own server: $0`;

const money = (amount: number): string =>
  `$${amount > 0 && amount < 0.01 ? amount.toFixed(4) : amount.toFixed(2)}`;

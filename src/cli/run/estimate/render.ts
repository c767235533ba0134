import type { EstimateDocument } from './document.ts';
import type { Colors } from '../../kit/io.ts';
import { count, duration, percent, plural, when } from '../../kit/text.ts';
import { grid } from '../../kit/table.ts';

/** An estimate for the terminal: each figure with its ground. */
export function estimateTable(document: EstimateDocument, colors: Colors): string {
  const { users, calls, leastCalls, ticketCalls, seconds, actions, apart, price } = document;
  const rows = [
    ['users', count(users), usersGround(document)],
    ['Okta calls', count(calls), `one a user, and ${plural(calls - users, 'page')} of the list`],
    ...(leastCalls === null ? [] : [['at least', count(leastCalls), LEAST]]),
    [
      'before tickets',
      ticketCalls === null ? 'not known' : count(ticketCalls),
      ticketGround(document),
    ],
    ['time', duration(seconds), quotaGround(document)],
    ['Temporal actions', count(actions), actionsGround(document)],
    [
      'heartbeats',
      `up to ${count(apart.heartbeats)}`,
      'actions too, while activities wait for the quota',
    ],
    [
      'following it',
      `up to ${count(apart.queries)}`,
      'queries, actions too; none with --detach or by the schedule',
    ],
    ['price', money(price.amount), priceGround(document)],
  ];
  return grid(['what', 'estimate', 'ground'], rows, colors);
}

const LEAST = 'the list and the log: a delta scan reads who changed, up to everybody as above';

const GROUND: Record<EstimateDocument['basis']['users'], (document: EstimateDocument) => string> = {
  assumed: () => 'as given with --assume-users',
  last_run: ({ basis }) => `as run ${basis.run ?? ''} found, ${when(basis.at)}`,
  listed: ({ basis }) => `as listed, ${when(basis.at)}`,
};
const usersGround = (document: EstimateDocument): string => {
  const { statuses, groups } = document.scope;
  const where = groups.length > 0 ? `, ${plural(groups.length, 'group')}` : '';
  return `${GROUND[document.basis.users](document)}; ${statuses.join(', ')}${where}`;
};

const ticketGround = ({ ticketCalls, basis }: EstimateDocument): string =>
  ticketCalls === null || basis.tickets === 'none'
    ? 'two for each ticket that is opened'
    : 'two for each finding of the last run without an open ticket';

function quotaGround({ quota, basis }: EstimateDocument): string {
  if (quota.limit === null || quota.usable === null)
    return `Okta tells no limit; ${basis.pace} calls a second`;
  const limit = `${count(quota.limit)} a minute (${basis.quota}), share ${percent(quota.share)}`;
  return `${limit}: ${count(quota.usable)} usable`;
}

function actionsGround({ batch, actionsByPhase: by }: EstimateDocument): string {
  const checks = `${count(by.checks)} checks of ${plural(batch, 'user')}, ${plural(by.listing, 'page')}`;
  return `${checks}, ${count(by.tickets + by.closing)} for tickets, ${count(by.continued)} to continue as new`;
}

const priceGround = ({ price }: EstimateDocument): string =>
  `Temporal Cloud at $${price.perMillion} a million; ${money(price.withHeartbeats)} with heartbeats, ` +
  `${money(price.withQueries)} if followed; a server of your own: $0`;

const money = (amount: number): string =>
  `$${amount > 0 && amount < 0.01 ? amount.toFixed(4) : amount.toFixed(2)}`;

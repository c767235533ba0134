import type { Store } from '../../store/types.ts';
import type { EventFilter } from '../../store/twin-types.ts';
import { userItem } from '../../twin/tally.ts';
import type {
  Drift,
  Fact,
  Gap,
  SecurityEvent,
  TimelineEntry,
  TwinApp,
  TwinUserItem,
} from '../../twin/types.ts';
import type { StoredTwin } from './open-twin.ts';
import { VIEWS } from './views.ts';
import type { TwinFilter } from './views.ts';

/** Most changes that are listed beside the timeline. */
const MOST_CHANGES = 200;
const MOST_SYNCS = 10_000;

/** Which page of a list is wanted: after an item of it, by its key. */
export interface PageRequest {
  after?: string | undefined;
  limit: number;
}

/** A page of a list; `next` is null at the end. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** Thrown if the item after which a page starts is not in the list, or no longer. */
export class NoSuchItemError extends Error {
  override readonly name = 'NoSuchItemError';
  constructor() {
    super('the item after which the page starts is not in the list');
  }
}

/** The page of a list whose items have unique keys. Throws NoSuchItemError. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { after, limit }: PageRequest,
): Page<Item> {
  const last = after === undefined ? -1 : items.findIndex((item) => keyOf(item) === after);
  if (after !== undefined && last === -1) throw new NoSuchItemError();
  const page = items.slice(last + 1, last + 1 + limit);
  const end = page.at(-1);
  const isEnd = end === undefined || last + 1 + limit >= items.length;
  return { items: page, next: isEnd ? null : keyOf(end) };
}

/** Open gaps, most severe first; with `closed`, all gaps, newest first. */
export async function gapPage(
  twin: StoredTwin,
  filter: Pick<TwinFilter, 'kind' | 'severity' | 'closed'>,
  page: PageRequest,
): Promise<Page<Gap>> {
  const gaps = await collect(VIEWS.gaps(twin, filter));
  return pageOf(gaps, ({ kind, subject, since }) => `${kind}/${subject}/${since}`, page);
}

/** Security events, newest first. Throws NoSuchItemError if `after` is not the key of an event. */
export async function eventPage(
  { store: { twin }, org }: StoredTwin,
  filter: Omit<EventFilter, 'after'>,
  { after, limit }: PageRequest,
): Promise<Page<SecurityEvent>> {
  const [, uuid, rule] = /^([^/]+)\/(.+)$/u.exec(after ?? '') ?? [];
  if (after !== undefined && (uuid === undefined || rule === undefined))
    throw new NoSuchItemError();
  const start = uuid !== undefined && rule !== undefined ? { after: { uuid, rule } } : {};
  const found = await twin.events.list(org, limit + 1, { ...filter, ...start });
  const items = found.slice(0, limit);
  const end = items.at(-1);
  return { items, next: found.length > limit && end ? `${end.uuid}/${end.rule}` : null };
}

/** The current facts, or all versions of one. */
export async function factPage(
  twin: StoredTwin,
  filter: Pick<TwinFilter, 'history'>,
  page: PageRequest,
): Promise<Page<Fact>> {
  const facts = await collect(VIEWS.facts(twin, filter));
  return pageOf(facts, (fact) => ('version' in fact ? `${fact.version}` : fact.key), page);
}

/** Apps by ascending id. */
export async function appPage(
  twin: StoredTwin,
  filter: Pick<TwinFilter, 'status' | 'signOn' | 'gone'>,
  page: PageRequest,
): Promise<Page<TwinApp>> {
  return pageOf(await collect(VIEWS.apps(twin, filter)), ({ id }) => id, page);
}

/** Administrators and members of privileged groups, with the reasons, by ascending id. */
export async function adminPage(
  { store, org, assessment }: StoredTwin,
  page: PageRequest,
): Promise<Page<TwinUserItem>> {
  const users = (await store.twin.users.listPrivileged(org)).filter(({ gone }) => !gone);
  const items = users.map((user) => userItem(user, assessment));
  return pageOf(items, ({ id }) => id, page);
}

/** The posture at each sync, newest first. */
export async function timelinePage(
  { store: { twin }, org }: StoredTwin,
  page: PageRequest,
): Promise<Page<TimelineEntry>> {
  return pageOf(await twin.history.timeline(org, MOST_SYNCS), ({ run }) => run, page);
}

/** The most important changes of the newest sync, and how many are left out. */
export async function newestChanges(
  { history }: Store['twin'],
  { org, run }: { org: string; run: string },
): Promise<{ changes: Drift[]; moreChanges: number }> {
  const changes = await history.drift(org, MOST_CHANGES, run);
  const total = await history.countDrift(org, run);
  return { changes, moreChanges: Math.max(0, total - changes.length) };
}

async function collect<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

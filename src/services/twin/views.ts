import type { KeptGap, FactVersion, SearchHit } from '../../store/twin-types.ts';
import { factAt } from '../../twin/facts.ts';
import { bySeverity } from '../../twin/gaps.ts';
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

/** Which items of a list are wanted; each list uses some of the conditions. */
export interface TwinFilter {
  limit?: number;
  /** All versions of the fact with this key. */
  history?: string;
  kind?: readonly string[];
  severity?: readonly string[];
  closed?: boolean;
  rule?: string;
  status?: readonly string[];
  mfa?: readonly string[];
  privileged?: boolean;
  gone?: boolean;
  signOn?: readonly string[];
  text?: string;
}

/** The items of each list. */
export interface ViewItems {
  facts: Fact | FactVersion;
  gaps: Gap | KeptGap;
  events: SecurityEvent;
  users: TwinUserItem;
  apps: TwinApp;
  timeline: TimelineEntry;
  changes: Drift;
  search: SearchHit;
}
export type ViewName = keyof ViewItems;

const A_PAGE = 1_000;
const ALL = 10_000_000;
/** Default number of search hits. */
export const MOST_HITS = 50;

type Pages<Item> = AsyncIterable<readonly Item[]>;
type Read<Item> = (reading: StoredTwin, options: TwinFilter) => Pages<Item>;

/** The filtered items in order, page by page; users and apps are never all in memory. */
export const VIEWS: { [Name in ViewName]: Read<ViewItems[Name]> } = {
  facts: ({ store: { twin }, org, assessment }, { history }) =>
    onePage(async () => {
      if (history !== undefined) return twin.facts.history(org, history);
      return (await twin.facts.current(org)).map((fact) => factAt(fact, assessment));
    }),
  gaps: ({ store: { twin }, org }, { closed, kind, severity }) =>
    onePage<Gap>(async () => {
      const gaps = closed
        ? await twin.gaps.history(org, ALL)
        : (await twin.gaps.open(org)).toSorted(bySeverity);
      return gaps.filter((gap) => matches(kind, gap.kind) && matches(severity, gap.severity));
    }),
  events: ({ store: { twin }, org }, { limit, severity, rule }) =>
    onePage(async () => {
      const isAny = severity === undefined && rule === undefined;
      const events = await twin.events.list(org, isAny ? (limit ?? ALL) + 1 : ALL);
      const rules = rule === undefined ? undefined : [rule];
      return events.filter(
        (event) => matches(severity, event.severity) && matches(rules, event.rule),
      );
    }),
  users: async function* ({ store: { twin }, org, assessment }, { status, mfa, privileged, gone }) {
    for await (const page of twin.users.pages(org, A_PAGE)) {
      yield page
        .map(({ user }) => userItem(user, assessment))
        .filter(
          (user) =>
            matches(status, user.status) &&
            matches(mfa, user.mfa) &&
            (gone ?? user.gone) === user.gone,
        )
        .filter((user) => !privileged || user.privileged === true);
    }
  },
  apps: async function* ({ store: { twin }, org }, { status, signOn, gone }) {
    for await (const page of twin.apps.pages(org, A_PAGE)) {
      yield page
        .map(({ app }) => app)
        .filter(
          (app) =>
            matches(status, app.status) &&
            matches(signOn, app.signOnMode) &&
            (gone ?? app.gone) === app.gone,
        );
    }
  },
  timeline: ({ store: { twin }, org }, { limit }) =>
    onePage(() => twin.history.timeline(org, (limit ?? ALL) + 1)),
  changes: ({ store: { twin }, org }, { limit }) =>
    onePage(() => twin.history.drift(org, (limit ?? ALL) + 1)),
  search: ({ store: { twin }, org }, { text = '', limit = MOST_HITS }) =>
    onePage(() => twin.search.find(org, text, limit + 1)),
};

async function* onePage<Item>(read: () => Promise<readonly Item[]>): Pages<Item> {
  yield await read();
}

/** Compares values ignoring case, because Okta's statuses are in capitals. */
const matches = (words: readonly string[] | undefined, value: string): boolean =>
  words === undefined || words.some((word) => word.toLowerCase() === value.toLowerCase());

/** At most `limit` items; calls `more` if there are others. */
export async function* takeItems<Item>(
  pages: Pages<Item>,
  limit: number,
  more: () => void,
): AsyncGenerator<readonly Item[]> {
  let left = limit;
  for await (const page of pages) {
    if (page.length > left) {
      yield page.slice(0, left);
      return more();
    }
    left -= page.length;
    yield page;
  }
}

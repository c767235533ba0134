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
import type { ListOptions } from './options.ts';
import type { Reading } from './reading.ts';

/** What each list holds. */
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
/** Hits of a search where no number is given. */
export const MOST_HITS = 50;

type Pages<Item> = AsyncIterable<readonly Item[]>;
type Read<Item> = (reading: Reading, options: ListOptions) => Pages<Item>;

/** Items page by page, filtered, in their order; users and apps never all at once. */
export const VIEWS: { [Name in ViewName]: Read<ViewItems[Name]> } = {
  facts: ({ store: { twin }, org, judge }, { history }) =>
    once(async () => {
      if (history !== undefined) return twin.facts.history(org, history);
      return (await twin.facts.current(org)).map((fact) => factAt(fact, judge));
    }),
  gaps: ({ store: { twin }, org }, { closed, kind, severity }) =>
    once<Gap>(async () => {
      const gaps = closed
        ? await twin.gaps.history(org, ALL)
        : (await twin.gaps.open(org)).toSorted(bySeverity);
      return gaps.filter((gap) => among(kind, gap.kind) && among(severity, gap.severity));
    }),
  events: ({ store: { twin }, org }, { limit, severity, rule }) =>
    once(async () => {
      const isAny = severity === undefined && rule === undefined;
      const events = await twin.events.list(org, isAny ? (limit ?? ALL) + 1 : ALL);
      const rules = rule === undefined ? undefined : [rule];
      return events.filter((event) => among(severity, event.severity) && among(rules, event.rule));
    }),
  users: async function* ({ store: { twin }, org, judge }, { status, mfa, privileged, gone }) {
    for await (const page of twin.users.pages(org, A_PAGE)) {
      yield page
        .map(({ user }) => userItem(user, judge))
        .filter(
          (user) =>
            among(status, user.status) && among(mfa, user.mfa) && (gone ?? user.gone) === user.gone,
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
            among(status, app.status) &&
            among(signOn, app.signOnMode) &&
            (gone ?? app.gone) === app.gone,
        );
    }
  },
  timeline: ({ store: { twin }, org }, { limit }) =>
    once(() => twin.history.timeline(org, (limit ?? ALL) + 1)),
  changes: ({ store: { twin }, org }, { limit }) =>
    once(() => twin.history.drift(org, (limit ?? ALL) + 1)),
  search: ({ store: { twin }, org }, { text = '', limit = MOST_HITS }) =>
    once(() => twin.search.find(org, text, limit + 1)),
};

async function* once<Item>(read: () => Promise<readonly Item[]>): Pages<Item> {
  yield await read();
}

/** Words are compared without regard to case: Okta's statuses are written in capitals. */
const among = (words: readonly string[] | undefined, value: string): boolean =>
  words === undefined || words.some((word) => word.toLowerCase() === value.toLowerCase());

/** At most so many items; `more` says whether there would have been another. */
export async function* cut<Item>(
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

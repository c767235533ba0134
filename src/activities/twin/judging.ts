import { GONE_FROM, SearchParts } from '../../store/search-parts.ts';
import type { JudgedPage } from '../../store/twin-judged-types.ts';
import type { SearchHit } from '../../store/twin-types.ts';
import type { SyncView, SyncStream } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import { assessApp, assessOrg, assessOrphans, assessUser } from '../../twin/assess.ts';
import type { Assessed, AssessmentState } from '../../twin/assess.ts';
import type { Baseline } from '../../twin/drift.ts';
import { freshFacts, reviseFacts } from '../../twin/facts.ts';
import { prepareContext } from '../../twin/context.ts';
import type { AssessmentContext } from '../../twin/context.ts';
import { emptyTally } from '../../twin/tally.ts';
import type { Tally } from '../../twin/tally.ts';
import { countDrift, timelineEntry } from '../../twin/timeline.ts';
import { STREAMS } from '../../twin/types.ts';
import type {
  Drift,
  Fact,
  Gap,
  SecurityEvent,
  Standing,
  StreamName,
  TimelineEntry,
  TwinApp,
  TwinGroup,
  TwinUser,
} from '../../twin/types.ts';
import type { Sync } from './plan.ts';

const A_PAGE = 500;
/** Newest events that the search index holds. */
const SEARCHED_EVENTS = 10_000;

/** Everything that follows from a sync, as changes to the store. */
export interface Judgement {
  view: SyncView;
  context: AssessmentContext;
  tally: Tally;
  facts: { all: Fact[]; changed: Fact[]; seen: Fact[] };
  timeline: TimelineEntry;
}

/** The sync to assess, the attempt that does it, and the outcomes of its streams. */
interface Judged {
  sync: Sync;
  attempt: string;
  streams: readonly SyncStream[];
  /** Streams in which nothing counts as gone. */
  unproved: ReadonlySet<StreamName>;
}

/**
 * Applies the rules of src/twin to the stored twin, page by page, so that memory holds only one page.
 * The changes and the search index are stored beside the twin until the sync ends.
 */
export async function judgeTwin(
  store: Pick<Store, 'twin'>,
  { sync, attempt, streams, unproved }: Judged,
): Promise<Judgement> {
  const { org, run, startedAt: at } = sync;
  const { twin } = store;
  const storePage = (page: JudgedPage): Promise<void> =>
    twin.judged.add({ org, run, attempt }, page);
  const groups = await twin.groups.list(org);
  const context = prepareContext({
    org,
    run,
    at,
    streams: allStreams(streams),
    groups,
    settings: sync.plan.twin,
  });
  const proves = [...context.complete].filter((name) => !unproved.has(name));
  const view = { org, run, startedAt: at, proves };
  const baseline: Baseline = new Set(await twin.syncs.completeOnce(org));
  const assessment = new Assessment(context, baseline);
  assessment.groups(groups, await twin.groups.listGone(org, view));
  for await (const page of twin.users.pages(org, A_PAGE, view)) {
    const gaps = await gapsBySubject(
      store,
      org,
      page.map(({ user }) => user.id),
    );
    for (const { user, standing } of page)
      assessment.user(user, { standing, gaps: gaps.get(user.id) ?? [] });
    await storePage(assessment.page());
  }
  for await (const page of twin.apps.pages(org, A_PAGE, view)) {
    const gaps = await gapsBySubject(
      store,
      org,
      page.map(({ app }) => app.id),
    );
    for (const { app, known } of page) assessment.app(app, { known, gaps: gaps.get(app.id) ?? [] });
    await storePage(assessment.page());
  }
  assessment.org(await twin.gaps.open(org, [org]), await twin.gaps.orphans(org));
  for (const event of await twin.events.list(org, SEARCHED_EVENTS)) assessment.event(event);
  const judgement = assessment.done(await twin.facts.current(org));
  await storePage(assessment.page(true));
  return { view, ...judgement };
}

/**
 * The outcomes of all streams. A stream that this sync did not read is not complete, so whatever
 * depends on it stays unchanged.
 */
const allStreams = (read: readonly SyncStream[]) =>
  STREAMS.map(
    (name) =>
      read.find((stream) => stream.name === name) ??
      ({ name, state: 'partial', count: 0, at: null, reason: 'not read by this sync' } as const),
  );

async function gapsBySubject(
  { twin }: Pick<Store, 'twin'>,
  org: string,
  ids: readonly string[],
): Promise<Map<string, Gap[]>> {
  return Map.groupBy(await twin.gaps.open(org, ids), ({ subject }) => subject);
}

/** Assesses users and apps one by one, and collects the changes. */
class Assessment {
  readonly #state: AssessmentState;
  readonly #drift = countDrift([]);
  readonly #parts = { there: new SearchParts(), gone: new SearchParts(GONE_FROM) };
  #page = emptyPage();

  constructor(context: AssessmentContext, baseline: Baseline) {
    this.#state = { context, baseline, tally: emptyTally() };
  }

  groups(listed: readonly TwinGroup[], gone: readonly TwinGroup[]): void {
    const lost = new Set(gone.map(({ id }) => id));
    for (const { id, name: label } of listed) {
      if (!lost.has(id)) this.#find({ kind: 'group', id, label, detail: '' }, [label, id]);
    }
    for (const { id, name: label } of gone)
      this.#findGone({ kind: 'group', id, label, detail: '' }, [label, id]);
  }

  user(user: TwinUser, before: { standing: Standing | null; gaps: readonly Gap[] }): void {
    const assessed = assessUser(user, before, this.#state);
    this.#add(assessed, before.gaps);
    const { standing } = assessed;
    const { standing: was } = before;
    if (standing && (was?.mfa !== standing.mfa || was.privileged !== standing.privileged)) {
      this.#page.standings.push({ id: user.id, standing });
    }
    const { id, login: label, status, department, email, title } = user;
    const detail = department === null ? status : `${status}, ${department}`;
    const terms = [label, email === label ? null : email, department, title, id];
    const hit = { kind: 'user', id, label, detail } as const;
    if (user.gone) this.#findGone(hit, terms);
    else this.#find(hit, terms);
  }

  app(app: TwinApp, before: { known: boolean; gaps: readonly Gap[] }): void {
    this.#add(assessApp(app, before, this.#state), before.gaps);
    const { id, label, signOnMode, status } = app;
    const hit = { kind: 'app', id, label, detail: `${signOnMode}, ${status}` } as const;
    if (app.gone) this.#findGone(hit, [label, signOnMode, id]);
    else this.#find(hit, [label, signOnMode, id]);
  }

  org(gaps: readonly Gap[], orphans: readonly Gap[]): void {
    this.#add(assessOrg(gaps, this.#state), gaps);
    this.#add(assessOrphans(orphans, this.#state), orphans);
  }

  event(event: SecurityEvent): void {
    const { uuid: id, rule: label, severity, at, actor, target } = event;
    const detail = [severity, at, actor, target].filter((part) => part !== null).join(', ');
    this.#find({ kind: 'event', id, label, detail }, [
      label,
      actor,
      target,
      event.technique,
      event.tactic,
      id,
    ]);
  }

  /** The changes since the previous call. */
  page(last = false): JudgedPage {
    const { there, gone } = this.#parts;
    const parts = last ? [...there.done(), ...gone.done()] : [...there.take(), ...gone.take()];
    const page = { ...this.#page, parts };
    this.#page = emptyPage();
    return page;
  }

  done(earlier: readonly Fact[]): Omit<Judgement, 'view'> {
    const { context, tally } = this.#state;
    const fresh = freshFacts(tally, context);
    const { facts: all, changed } = reviseFacts(earlier, fresh, context);
    const seen = fresh.filter(({ key }) => !changed.some((one) => one.key === key));
    for (const { key, text, confidence } of all) {
      this.#find({ kind: 'fact', id: key, label: text, detail: confidence }, [text]);
    }
    return {
      context,
      tally,
      facts: { all, changed, seen },
      timeline: timelineEntry(tally, this.#drift, context),
    };
  }

  #add({ change, drift }: Assessed, before: readonly Gap[]): void {
    const { gaps } = this.#page;
    for (const { kind } of drift) this.#drift[kind] += 1;
    this.#page.drift.push(...drift);
    gaps.opened.push(...change.opened);
    gaps.closed.push(...change.closed);
    gaps.reworded.push(...change.gaps.filter((gap) => before.some((one) => isReworded(one, gap))));
    for (const { kind, subject, name, severity, detail } of change.gaps) {
      const hit = {
        kind: 'gap',
        id: subject,
        label: `${kind} ${name}`,
        detail: `${severity}: ${detail}`,
      } as const;
      this.#find(hit, [kind, name]);
    }
  }

  #find(hit: SearchHit, terms: readonly (string | null)[]): void {
    this.#parts.there.add(hit, terms);
  }

  #findGone({ detail, ...hit }: SearchHit, terms: readonly (string | null)[]): void {
    this.#parts.gone.add(
      { ...hit, detail: detail === '' ? 'gone' : `${detail}, gone`, gone: true },
      terms,
    );
  }
}

const emptyPage = () => ({
  standings: [] as { id: string; standing: Standing }[],
  gaps: { opened: [] as Gap[], closed: [] as Gap[], reworded: [] as Gap[] },
  drift: [] as Drift[],
});

const isReworded = (one: Gap, other: Gap): boolean =>
  one.kind === other.kind &&
  one.subject === other.subject &&
  (one.detail !== other.detail || one.name !== other.name || one.severity !== other.severity);

import type { RunUserRow } from '../../mfa/document.ts';
import type { Verdict } from '../../mfa/types.ts';
import type { PastVerdict } from '../../store/run-search-types.ts';
import type { Store } from '../../store/types.ts';
import type { TicketAction } from '../../store/ticket-types.ts';
import { userItem } from '../../twin/tally.ts';
import type { Gap, TwinUserItem } from '../../twin/types.ts';
import type { StoredTwin } from '../twin/open-twin.ts';

/** Most runs of which the verdict is shown. */
const MOST_RUNS = 100;

/** The verdict of one run. */
export interface PersonVerdict extends Omit<RunUserRow, 'id' | 'login' | 'administrator'> {
  run: string;
  startedAt: string;
  runStatus: PastVerdict['status'];
  dryRun: boolean;
  checkedAt: string | null;
  /** What the run did with the ticket; null: nothing. */
  ticketAction: TicketAction | null;
}

/** One person: `arx.person/v1`. */
export interface PersonDocument {
  schema: 'arx.person/v1';
  id: string;
  login: string;
  /** The time for which it is shown; null: now. */
  at: string | null;
  /** The newest verdict, with its evidence; null if no run has checked the person. */
  verdict: PersonVerdict | null;
  /** The verdict that the newest one repeats without a break, and the run that first gave it. */
  since: { run: string; at: string; verdict: Verdict } | null;
  /** The verdicts of the runs, newest first, at most 100. */
  history: PersonVerdict[];
  /** The tickets of these runs, newest first. */
  tickets: { key: string; firstRun: string; lastRun: string }[];
  twin: PersonTwin | null;
}

/** What the twin knows about the person; null in the document if there is no twin. */
export interface PersonTwin {
  org: string;
  /** The last sync, and when it started. */
  sync: { run: string; startedAt: string };
  /** Null if the twin has no such user, or for a time before the sync: the twin keeps no past. */
  user: TwinUserItem | null;
  /** The gaps that are, or at that time were, open. */
  gaps: Gap[];
}

/** What is known about a person, or was at a time (ISO 8601 UTC); null if nothing is. */
export async function personDocument(
  store: Pick<Store, 'users' | 'twin'>,
  twin: StoredTwin | null,
  { reference, at }: { reference: string; at: string | null },
): Promise<PersonDocument | null> {
  const user = twin === null ? null : await store.twin.users.get(twin.org, reference);
  const id = user?.id ?? reference;
  const found = await store.users.history(id, { until: at, limit: MOST_RUNS });
  const login = found[0]?.user.login ?? user?.login;
  if (login === undefined) return null;
  const history = found.map(verdictOf);
  return {
    schema: 'arx.person/v1',
    id,
    login,
    at,
    verdict: history.find(({ verdict }) => verdict !== null) ?? null,
    since: sinceOf(history),
    history,
    tickets: ticketsOf(history),
    twin: twin === null ? null : await twinPart(twin, id, at),
  };
}

const verdictOf = ({ user, ...run }: PastVerdict): PersonVerdict => ({
  run: run.run,
  startedAt: run.startedAt,
  runStatus: run.status,
  dryRun: run.dryRun,
  department: user.department,
  verdict: user.verdict,
  reason: user.reason,
  factors: user.factors ?? [],
  ticket: user.ticket,
  ...(user.takenOver && { takenOver: user.takenOver }),
  checkedAt: user.checkedAt,
  ticketAction: run.ticketAction,
});

/** The oldest run of the unbroken line of equal verdicts. */
function sinceOf(history: readonly PersonVerdict[]): PersonDocument['since'] {
  const checked = history.filter(({ verdict }) => verdict !== null);
  const newest = checked[0];
  if (newest === undefined || newest.verdict === null) return null;
  const change = checked.findIndex(({ verdict }) => verdict !== newest.verdict);
  const first = checked.at(change === -1 ? -1 : change - 1) ?? newest;
  return {
    run: first.run,
    at: first.checkedAt ?? first.startedAt,
    verdict: newest.verdict,
  };
}

function ticketsOf(history: readonly PersonVerdict[]): PersonDocument['tickets'] {
  const tickets = new Map<string, { key: string; firstRun: string; lastRun: string }>();
  for (const { ticket: key, run } of history) {
    if (key === null) continue;
    const known = tickets.get(key);
    tickets.set(key, { key, firstRun: run, lastRun: known?.lastRun ?? run });
  }
  return [...tickets.values()];
}

async function twinPart(
  { store: { twin }, org, sync, assessment }: StoredTwin,
  id: string,
  at: string | null,
): Promise<PersonTwin> {
  const isPast = at !== null && at < sync.startedAt;
  const [user, gaps] = await Promise.all([
    isPast ? null : twin.users.get(org, id),
    at === null ? twin.gaps.open(org, [id]) : twin.gaps.openAt(org, id, at),
  ]);
  return {
    org,
    sync: { run: sync.run, startedAt: sync.startedAt },
    user: user === null ? null : userItem(user, assessment),
    gaps,
  };
}

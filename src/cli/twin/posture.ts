import { postureProfile } from '../../twin/profile.ts';
import type { PostureProfile } from '../../twin/profile.ts';
import { countApp, countGaps, countUser, emptyTally, userItem } from '../../twin/tally.ts';
import type { TwinApp, TwinUser } from '../../twin/types.ts';
import type { OpenTwin } from './reading.ts';

const A_PAGE = 1_000;
const MOST_CHANGES = 200;
const MOST_SYNCS = 60;

/**
 * The current posture profile of a stored twin. Reads users page by page and keeps only the
 * privileged ones in memory.
 */
export async function postureOf({
  store: { twin },
  org,
  assessment,
}: OpenTwin): Promise<PostureProfile> {
  const tally = emptyTally();
  const users: TwinUser[] = [];
  const apps: TwinApp[] = [];
  for await (const page of twin.users.pages(org, A_PAGE)) {
    for (const { user } of page) {
      countUser(tally, user, assessment);
      if (!user.gone && userItem(user, assessment).privileged === true) users.push(user);
    }
  }
  for await (const page of twin.apps.pages(org, A_PAGE)) {
    for (const { app } of page) {
      countApp(tally, app);
      apps.push(app);
    }
  }
  const [gaps, timeline] = await Promise.all([
    twin.gaps.open(org),
    twin.history.timeline(org, MOST_SYNCS),
  ]);
  const newest = timeline[0]?.run;
  const drift = await twin.history.drift(org, MOST_CHANGES, newest);
  const driftTotal = await twin.history.countDrift(org, newest);
  const completed = await twin.syncs.completeStreams(org);
  countGaps(tally, gaps);
  return postureProfile(
    { tally, gaps, users, apps, drift, driftTotal, timeline, completed },
    assessment,
  );
}

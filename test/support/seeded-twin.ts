import { configSchema } from '../../src/config/schema/schema.ts';
import { openTwin } from '../../src/services/twin/open-twin.ts';
import type { StoredTwin } from '../../src/services/twin/open-twin.ts';
import type { Store, StoreTransaction } from '../../src/store/types.ts';
import type { ListedTwinUser } from '../../src/store/twin-types.ts';
import type { Gap, SecurityEvent } from '../../src/twin/types.ts';

export const ORG = 'acme.okta.com';
/** When the seeded sync started and ended. */
export const SYNCED = '2026-11-20T08:00:00.000Z';
const ENDED = '2026-11-20T08:05:00.000Z';

/** What a seeded twin contains. */
export interface SeededTwin {
  users?: readonly (Partial<ListedTwinUser> & { id: string; roles?: readonly string[] })[];
  apps?: readonly string[];
  gaps?: readonly (Partial<Gap> & { subject: string })[];
  events?: readonly (Partial<SecurityEvent> & { uuid: string })[];
  facts?: readonly string[];
}

/** Stores one complete sync of these objects. */
export async function seedTwin(store: Store, seeded: SeededTwin): Promise<void> {
  const { twin } = store;
  const stamp = { org: ORG, run: 'sync-1', at: SYNCED };
  const { users = [], apps = [], gaps = [], events = [], facts = [] } = seeded;
  const begun = { run: stamp.run, workflowId: 'okta-sync/1', org: ORG, startedAt: SYNCED };
  await twin.syncs.begin({ ...begun, plan: {} });
  const standings = users
    .filter(({ roles = [] }) => roles.length > 0)
    .map(({ id }) => ({ id, standing: { privileged: true, mfa: 'unknown' as const } }));
  const judged = { standings, drift: [], parts: [] };
  const changes = { opened: gaps.map(gapOf), closed: [], reworded: [] };
  const attempt = { org: ORG, run: stamp.run, attempt: '1' };
  await twin.judged.add(attempt, { ...judged, gaps: changes });
  const write = async (tx: StoreTransaction): Promise<void> => {
    await twin.users.put(tx, stamp, users.map(userOf));
    await twin.users.setRoles(
      tx,
      stamp,
      users.map(({ id, roles = [] }) => ({ id, roles })),
    );
    await twin.apps.put(
      tx,
      stamp,
      apps.map((id) => ({ id, label: `App ${id}`, signOnMode: 'SAML_2_0', status: 'ACTIVE' })),
    );
    await twin.events.add(tx, { org: ORG, run: stamp.run }, events.map(eventOf));
    await twin.facts.put(tx, ORG, { changed: facts.map(factOf), seen: [] });
    await twin.judged.settle(tx, { ...attempt, at: ENDED }, null);
    const streams = (['users', 'apps', 'logs', 'roles'] as const).map((name) => ({
      name,
      state: 'complete' as const,
      count: 1,
      at: ENDED,
      reason: null,
    }));
    await twin.syncs.putStreams(tx, { org: ORG, run: stamp.run }, streams);
    const result = { schema: 'arx.sync/v1', run: stamp.run, status: 'complete' };
    await twin.syncs.finish(tx, stamp.run, { status: 'complete', finishedAt: ENDED, result });
  };
  await store.journal.append([], write);
}

/** The twin as the server opens it. */
export const seededTwin = (store: Store): Promise<StoredTwin | null> =>
  openTwin(store, {
    org: ORG,
    config: configSchema.parse({ version: 1 }),
    at: new Date('2026-11-22T08:00:00.000Z'),
  });

const userOf = ({ roles: _, ...user }: NonNullable<SeededTwin['users']>[number]) => ({
  login: `${user.id}@acme.test`,
  email: null,
  status: 'ACTIVE',
  department: null,
  title: null,
  userType: null,
  created: '2020-01-01T00:00:00.000Z',
  activated: '2020-01-01T00:00:00.000Z',
  lastLogin: null,
  passwordChanged: null,
  ...user,
});

const gapOf = (over: Partial<Gap> & { subject: string }): Gap => ({
  kind: 'user_no_mfa',
  severity: 'high',
  name: `${over.subject}@acme.test`,
  detail: 'no factor is ACTIVE',
  since: SYNCED,
  ...over,
});

const eventOf = (over: Partial<SecurityEvent> & { uuid: string }): SecurityEvent => ({
  rule: 'factor_reset',
  severity: 'medium',
  tactic: 'TA0003',
  technique: 'T1098',
  at: SYNCED,
  actor: 'ann@acme.test',
  target: null,
  ...over,
});

const factOf = (key: string) => ({
  key,
  value: '3',
  text: `${key}:3`,
  confidence: 'verified' as const,
  source: 'okta:apps',
  run: 'sync-1',
  observedAt: SYNCED,
  leavesOut: null,
});

/** What a scan costs that reads only who changed, beside a full one of the same organisation. */
import type { NewLogEvent } from '../emulators/okta/system-log.ts';
import type { RunSummary } from '../src/mfa/document.ts';
import type { MainJob } from '../test/support/main-job.ts';
import { withArx } from './support/arx.ts';
import type { Bench, BenchTable, Cell } from './support/result.ts';

const USERS = 10_000;
/** Shares of people whose factors change between two scans. */
const CHURN = [0, 0.01, 0.05];
/** The share that the goal is about. */
const JUDGED = 0.01;
/** Sign-ins that stand in the log beside each person's changes. */
const SIGN_INS = 2;
const HOUR_MS = 3_600_000;
const EVENTS_A_REQUEST = 5_000;
const OPERATIONS = [
  'users:read',
  'users:read_detail',
  'users:read_factors',
  'groups:read',
  'groups:read_members',
];

/** A full scan, and the delta scan after so much has changed. */
interface Figures {
  churn: number;
  changed: number;
  full: RunSummary;
  delta: RunSummary;
  /** Users of the delta scan whose verdict a full scan right after it does not share. */
  different: number;
}

export const bench: Bench = async ({ users = USERS }) => {
  const figures: Figures[] = [];
  for (const churn of CHURN) {
    console.error(`delta: ${users} users, ${churn * 100} % change`);
    figures.push(await measure(users, churn));
  }
  const judged = figures.filter(({ churn }) => churn === JUDGED);
  return {
    name: 'delta',
    about: ABOUT,
    tables: [callTable(figures)],
    goals: [
      {
        goal: `with 1 % of ${users} users changed, at most a fiftieth of the Okta calls of a full scan`,
        met: judged.every(({ full, delta }) => delta.calls.okta * 50 <= full.calls.okta),
      },
      {
        goal: 'everybody has the verdict that a full scan right after it gives',
        met: figures.every(({ different }) => different === 0),
      },
    ],
  };
};

const ABOUT =
  'Like users (one in ten with SMS only), no tickets, no rate limit: a full scan, then changes (factors reset or enrolled, ' +
  `each with its entry in the System Log, among ${SIGN_INS} sign-ins a user), a delta scan, and a full scan to compare. ` +
  'Calls are those to Okta of the whole run: the list, the log, and the factors that are read; scan.log_delay is 0, ' +
  'for nothing comes late here. Times are from start to end of the runs.';

async function measure(users: number, churn: number): Promise<Figures> {
  const emulator = { profile: 'plain' as const, users, rateLimit: 0, log: null };
  const connectors = { okta: { operations: [...OPERATIONS, 'logs:read'] } };
  const config = {
    tickets: { mode: 'none' },
    scan: { mode: 'delta', log_delay: '0s' },
    connectors,
  };
  return await withArx({ emulator, config }, async (arx) => {
    await arx.emulators.addLogEvents([
      { eventType: 'user.session.start', published: ago(3 * HOUR_MS) },
    ]);
    const full = await arx.run({ mode: 'full' });
    const changed = Math.round(users * churn);
    await happen(arx, { users, changed });
    const delta = await arx.run();
    if (delta.scan?.mode !== 'delta')
      throw new Error(`everybody was read: ${delta.scan?.reason ?? 'no reason'}`);
    const different = await differences(arx, delta);
    return { churn, changed, full, delta, different };
  });
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** Every hundredth person, say, loses the factors or enrols a key; everybody signs in. */
async function happen(
  { emulators }: MainJob,
  { users, changed }: { users: number; changed: number },
): Promise<void> {
  const events: NewLogEvent[] = [];
  for (let n = 0; n < changed; n += 1) {
    const login = `user${String(Math.floor((n * users) / changed) + 1).padStart(6, '0')}@plain.example`;
    const reset = n % 2 === 0;
    const { id } = await emulators.patchUser(login, {
      factors: reset ? [] : [{ type: 'webauthn' }],
    });
    const eventType = reset ? 'user.mfa.factor.reset_all' : 'user.mfa.factor.activate';
    events.push({
      eventType,
      targets: [{ id, type: 'User', alternateId: login, displayName: login }],
    });
  }
  for (let n = 0; n < users * SIGN_INS; n += 1) events.push({ eventType: 'user.session.start' });
  for (let at = 0; at < events.length; at += EVENTS_A_REQUEST) {
    await emulators.addLogEvents(events.slice(at, at + EVENTS_A_REQUEST));
  }
}

async function differences(arx: MainJob, delta: RunSummary): Promise<number> {
  const after = await arx.run({ mode: 'full', dryRun: true });
  const verdicts = new Map(
    (await arx.users(after.run)).map(({ userId, verdict }) => [userId, verdict]),
  );
  const found = await arx.users(delta.run);
  return found.filter(({ userId, verdict }) => verdicts.get(userId) !== verdict).length;
}

function callTable(figures: readonly Figures[]): BenchTable {
  const row = ({ churn, changed, full, delta }: Figures): Cell[] => [
    `${churn * 100} %`,
    changed,
    delta.scan?.reread ?? null,
    delta.scan?.takenOver ?? null,
    full.calls.okta,
    delta.calls.okta,
    Number((full.calls.okta / delta.calls.okta).toPrecision(3)),
    full.seconds,
    delta.seconds,
  ];
  const columns = [
    'churn',
    'changed',
    'read',
    'taken over',
    'calls, full',
    'calls, delta',
    'times fewer',
  ];
  return {
    title: 'Calls to Okta',
    columns: [...columns, 'seconds, full', 'seconds, delta'],
    rows: figures.map(row),
  };
}

/**
 * Syncs in this process: their activities in the order of the workflow, on a real store and an
 * emulated Okta.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { createSyncActivities } from '../../src/activities/twin/create.ts';
import type { SyncActivities } from '../../src/activities/twin/types.ts';
import { loadEventRules } from '../../src/config/events/event-rules.ts';
import { configSchema } from '../../src/config/schema/schema.ts';
import { syncSettings } from '../../src/config/schema/twin-settings.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import type { TwinUserItem } from '../../src/twin/types.ts';
import { prepareContext } from '../../src/twin/context.ts';
import { userItem } from '../../src/twin/tally.ts';
import type { OktaSyncInput, OktaSyncResult } from '../../src/workflows/messages.ts';
import { inActivity, mfaParts } from './mfa-parts.ts';
import { borrowPglite } from './pglite.ts';
import { REPO } from './policies.ts';

const LISTS = ['users', 'groups', 'assignees', 'apps'] as const;
/** More attempts than any activity makes of its own accord. */
const MOST_ATTEMPTS = 60;

export interface Syncs {
  emulators: RunningEmulators;
  store: Store;
  org: string;
  /** The section `twin` of arx.yaml. */
  configure(twin: object): void;
  activities: SyncActivities;
  /** Runs a whole sync. */
  run(name: string, input?: OktaSyncInput): Promise<OktaSyncResult>;
  /** The users by login, as `arx twin users` lists them. */
  users(): Promise<Map<string, TwinUserItem>>;
  close(): Promise<void>;
}

/** Starts an emulated Okta without users, and a store of its own. */
export async function startSyncs(): Promise<Syncs> {
  const database = await borrowPglite();
  const store = await openStore({ databaseUrl: database.databaseUrl });
  const emulators = await startEmulators({ profile: 'empty', rateLimit: 0, log: null });
  const { host: org } = new URL(emulators.document.okta);
  let twin = {};
  const settings = () => syncSettings(configSchema.parse({ version: 1, twin }));
  const rules = loadEventRules({ patterns: ['rules/*.yaml'], baseDir: REPO });
  const activities = createSyncActivities({ ...mfaParts(store, emulators), org, settings, rules });
  return {
    emulators,
    store,
    org,
    activities,
    configure: (section) => {
      twin = section;
    },
    run: (name, input = {}) => runSync(activities, name, input),
    async users() {
      const [streams, groups] = [
        await store.twin.syncs.streams(org),
        await store.twin.groups.list(org),
      ];
      const at = new Date().toISOString();
      const context = prepareContext({
        org,
        run: '',
        at,
        streams,
        groups,
        settings: settings().twin,
      });
      const found = new Map<string, TwinUserItem>();
      for await (const page of store.twin.users.pages(org, 500))
        for (const { user } of page) found.set(user.login, userItem(user, context));
      return found;
    },
    async close() {
      await emulators.close();
      await store.close();
      await database.close();
    },
  };
}

async function runSync(
  activities: SyncActivities,
  run: string,
  input: OktaSyncInput,
): Promise<OktaSyncResult> {
  await act(() => activities.beginSync({ run, ...input }));
  const lost: Record<string, string | null> = {};
  for (const list of LISTS.filter((name) => (name === 'apps' ? input.apps : input.users) ?? true)) {
    lost[list] = await lossOf(async () => {
      const sizes: number[] = [];
      for (let more = true; more;) {
        const page = sizes.length;
        const read = await act(() => activities.listSyncPage({ run, list, page, most: 10 }));
        sizes.push(...read.sizes);
        ({ more } = read);
      }
      for (const [page, count] of sizes.entries())
        if (count > 0)
          await act(() => activities.readSyncItems({ run, list, page, from: 0, count }));
    });
  }
  if (input.logs ?? true) {
    lost['logs'] = await lossOf(async () => {
      for (let page = 0, more = true; more; page += 1)
        ({ more } = await act(() => activities.readLogPage({ run, page })));
    });
  }
  return await act(() => activities.finishSync({ run, lost, failure: null }));
}

async function lossOf(read: () => Promise<void>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    return error instanceof ApplicationFailure ? `${error.type}` : String(error);
  }
}

/** Runs one activity until it succeeds or fails for good, without the waits in between. */
export async function act<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inActivity(work, attempt);
    } catch (error) {
      const again = error instanceof ApplicationFailure && !error.nonRetryable;
      if (!again || attempt >= MOST_ATTEMPTS) throw error;
    }
  }
}

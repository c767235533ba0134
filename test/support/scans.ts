/**
 * The scan of the main job without Temporal: its activities over a real store and an emulated Okta,
 * all in this process.
 */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import type { MfaActivities } from '../../src/activities/mfa/types.ts';
import { checkSettings } from '../../src/config/schema/check-settings.ts';
import type { CheckSettings } from '../../src/config/schema/check-settings.ts';
import { configSchema } from '../../src/config/schema/schema.ts';
import { Secret } from '../../src/config/env/secret.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import type { PolicyBundle } from '../../src/governance/types.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { Store } from '../../src/store/types.ts';
import type { RunUser } from '../../src/store/run-types.ts';
import type { MfaEnforcementCheckInput } from '../../src/workflows/messages.ts';
import { bundleOf } from './policies.ts';

const READS = [
  'users:read',
  'users:read_detail',
  'users:read_factors',
  'groups:read',
  'groups:read_members',
];

/** One run, and its requests to Okta. */
export interface Scanned {
  run: string;
  summary: RunSummary;
  users: Map<string, RunUser>;
  /** Requests to Okta by operation. */
  calls: Record<string, number>;
}

export interface ScanOptions extends Pick<MfaEnforcementCheckInput, 'mode' | 'groups' | 'dryRun'> {
  run?: string;
  /** Overrides of the default settings. */
  settings?: Partial<CheckSettings>;
  policies?: PolicyBundle & { ok: true };
  /** What happens between the list and the reading of the log. */
  afterListing?: () => unknown;
  now?: () => Date;
}

/** Runs a check to its end, without tickets and Slack. */
export type Scan = (options?: ScanOptions) => Promise<Scanned>;

/** Scans of one organisation into one store. */
export function scans(store: Store, emulators: RunningEmulators): Scan {
  return async (options = {}) => {
    const calls: Scanned['calls'] = {};
    const activities = activitiesOf(store, emulators, { ...options, calls });
    const { run = randomUUID() } = options;
    const act = <Result>(work: () => Promise<Result>): Promise<Result> =>
      new MockActivityEnvironment().run(work);
    const plan = await act(() => activities.beginRun({ run, ...wanted(options) }));
    const sizes = await listAll(activities, { run, sources: plan.sources, act });
    await options.afterListing?.();
    if (plan.delta) await patiently(() => activities.readChanges({ run }));
    for (const [page, count] of sizes.entries()) {
      if (count > 0) await act(() => activities.checkUsers({ run, page, from: 0, count }));
    }
    const end = await act(() => activities.conclude({ run, listingLost: null, ticketsLost: null }));
    await act(() => activities.finishRun({ run, ...end }));
    const users = new Map<string, RunUser>();
    for await (const page of store.users.pages(run, 500))
      for (const user of page) users.set(user.userId, user);
    return {
      run,
      summary: (await store.runs.get(run))?.summary as unknown as RunSummary,
      users,
      calls,
    };
  };
}

/** Retries as Temporal would, without waiting. */
async function patiently<Result>(work: () => Promise<Result>, attempt = 1): Promise<Result> {
  try {
    return await (new MockActivityEnvironment({ attempt }, QUIET).run(work) as Promise<Result>);
  } catch (error) {
    if ((error as { nonRetryable?: boolean }).nonRetryable !== false) throw error;
    return patiently(work, attempt + 1);
  }
}

/** Expected failures of activities are not logged. */
const QUIET = { logger: new DefaultLogger('ERROR') };

const wanted = ({ mode, groups, dryRun }: ScanOptions) => ({
  ...(mode && { mode }),
  ...(groups && { groups }),
  ...(dryRun && { dryRun }),
});

interface Listing {
  run: string;
  sources: number;
  act: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

async function listAll(
  activities: MfaActivities,
  { run, sources, act }: Listing,
): Promise<number[]> {
  const sizes: number[] = [];
  for (let source = 0; source < sources; source += 1) {
    for (let first = true, more = true; more; first = false) {
      const page = { run, source, page: sizes.length, first, most: 1 };
      const found = await act(() => activities.listPage(page));
      sizes.push(...found.sizes);
      more = found.more;
    }
  }
  return sizes;
}

/** The activities as composed by the worker, with the shipped policies. */
export function activitiesOf(
  store: Store,
  { document }: RunningEmulators,
  {
    settings = {},
    policies = bundleOf('policies/*.yaml'),
    calls = {},
    ...options
  }: ScanOptions & Partial<Scanned>,
): MfaActivities {
  const { now = () => new Date() } = options;
  const { host } = new URL(document.okta);
  const config = configSchema.parse({
    version: 1,
    tickets: { mode: 'none' },
    scan: { max_unknown: 1, max_drop: 1 },
    connectors: { okta: { operations: [...READS, 'logs:read'] } },
  });
  const connectors = createConnectors({
    okta: {
      origin: document.okta,
      host,
      credential: { kind: 'ssws', token: new Secret(document.tokens.okta) },
    },
    journal: store.journal,
    bundle: () => policies,
    guardrails: () => ({ riskMax: {} }),
    now,
    quota: { share: 1, reserve: 0, warningThreshold: false },
    observe: ({ operation }) => {
      calls[operation] = (calls[operation] ?? 0) + 1;
    },
  });
  return createActivities({
    store,
    connectors,
    settings: () => ({ ...checkSettings(config), ...settings }),
    surroundings: { org: host, jiraProject: null, slackChannel: null },
    flushCalls: async () => undefined,
    checkpoint: async () => null,
    now,
    random: () => 0,
    searchable: () => false,
  });
}

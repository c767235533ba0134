import { oktaSettings, oktaSource } from '../../config/env/credentials.ts';
import type { OktaSource } from '../../config/env/credentials.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import { ConfigError } from '../../config/errors.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import { STREAMS, neverRead } from '../../twin/types.ts';
import type { StreamState } from '../../twin/types.ts';
import { orgOf } from './org.ts';
import type { OrgSource } from './org.ts';

/** A stream with its age. */
export interface AgedStream extends StreamState {
  /** Seconds since it was last read; null if it never was. */
  age: number | null;
  /**
   * When it was last read completely, how many seconds ago, and the number of items; null if it
   * never was.
   */
  completeAt: string | null;
  completeAge: number | null;
  completeCount: number | null;
}

/** The document `arx.okta/v1`. */
export interface OktaStatus {
  schema: 'arx.okta/v1';
  configured: boolean;
  /** Host of the organisation; null if unknown. */
  org: string | null;
  /** `ssws`: an API token; `service_app`: a client id with a private key. Never the secret. */
  credential: OktaSettings['credential']['kind'] | null;
  /** Where the credential comes from. */
  source: OktaSource;
  /** What is missing or wrong, and the remedy; null if Okta is configured. */
  problem: { code: string; message: string; remedy: string } | null;
  /** The sync that was started last. */
  sync: Pick<SyncRecord, 'run' | 'workflowId' | 'status' | 'startedAt' | 'finishedAt'> | null;
  streams: AgedStream[];
}

/**
 * Reads what was synced; without a store, nothing was.
 */
type ReadStore = (read: (store: Pick<Store, 'twin'>) => Promise<StoredSync>) => Promise<StoredSync>;

/** What is configured and what was read, without a call to Okta or Temporal. */
export async function readOktaStatus(
  source: OrgSource,
  withStore: ReadStore,
  now: Date,
): Promise<OktaStatus> {
  const okta = await readOktaSettings(source);
  const host = 'host' in okta ? okta.host : null;
  const read = await withStore(async (store) => {
    const org = host ?? (await orgOf(source, store, undefined));
    return org === null ? NO_SYNC : readOf(store, org);
  });
  return {
    schema: 'arx.okta/v1',
    configured: host !== null,
    org: host ?? read.org,
    credential: 'host' in okta ? okta.credential.kind : null,
    source: oktaSource(source),
    problem:
      'host' in okta ? null : { code: okta.code, message: okta.message, remedy: okta.remedy },
    sync: read.sync,
    streams: allStreams(read, now.getTime()),
  };
}

async function readOktaSettings(source: OrgSource): Promise<OktaSettings | ConfigError> {
  try {
    return await oktaSettings(source);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown;
    throw thrown;
  }
}

/** The newest sync of an organisation and its streams. */
export interface StoredSync {
  org: string | null;
  sync: OktaStatus['sync'];
  streams: readonly StreamState[];
  /** The streams as last read completely. */
  completed: readonly StreamState[];
}
/** Nothing was synced, or there is no store. */
export const NO_SYNC: StoredSync = { org: null, sync: null, streams: [], completed: [] };

async function readOf({ twin }: Pick<Store, 'twin'>, org: string): Promise<StoredSync> {
  const { syncs } = twin;
  const [newest, streams, completed] = await Promise.all([
    syncs.newest(org),
    syncs.streams(org),
    syncs.completeStreams(org),
  ]);
  if (newest === null) return { org, sync: null, streams, completed };
  const { run, workflowId, status, startedAt, finishedAt } = newest;
  return { org, sync: { run, workflowId, status, startedAt, finishedAt }, streams, completed };
}

const allStreams = (
  { streams, completed }: Pick<StoredSync, 'streams' | 'completed'>,
  now: number,
): AgedStream[] =>
  STREAMS.map((name) => {
    const stream = streams.find((one) => one.name === name) ?? neverRead(name);
    const { at: completeAt = null, count: completeCount = null } =
      completed.find((one) => one.name === name) ?? {};
    const [age, completeAge] = [ageOf(stream.at, now), ageOf(completeAt, now)];
    return { ...stream, age, completeAt, completeAge, completeCount };
  });

const ageOf = (at: string | null, now: number): number | null =>
  at === null ? null : Math.max(0, Math.round((now - Date.parse(at)) / 1000));

import { oktaSettings, oktaSource } from '../../config/env/credentials.ts';
import type { OktaSource } from '../../config/env/credentials.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import type { SyncRecord } from '../../store/twin-sync-types.ts';
import type { Store } from '../../store/types.ts';
import { STREAMS, neverRead } from '../../twin/types.ts';
import type { StreamState } from '../../twin/types.ts';
import type { OktaOptions } from './command.ts';
import { toCliError } from '../kit/errors.ts';
import type { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStoreOr } from '../kit/store.ts';
import { orgOf } from '../../services/twin/org.ts';

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
 * `arx okta status`: shows what is configured and what was read, without a call to Okta or
 * Temporal.
 */
export async function oktaStatus(io: Io, options: OktaOptions): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  const okta = await readOktaSettings(settings);
  const host = 'host' in okta ? okta.host : null;
  const read = await withStoreOr(io, NO_SYNC, async (store) => {
    const org = host ?? (await orgOf({ ...settings, env: settings.arx }, store, undefined));
    return org === null ? NO_SYNC : readOf(store, org);
  });
  const { sync } = read;
  const status: OktaStatus = {
    schema: 'arx.okta/v1',
    configured: host !== null,
    org: host ?? read.org,
    credential: 'host' in okta ? okta.credential.kind : null,
    source: oktaSource({ env: settings.arx, config: settings.config }),
    problem:
      'host' in okta ? null : { code: okta.code, message: okta.message, remedy: okta.remedy },
    sync,
    streams: allStreams(read, Date.now()),
  };
  if (options.json) await writeJson(io, { ...status, items: status.streams });
  else {
    const { statusText } = await import('./render.ts');
    await print(io, statusText(status, io.colors.out));
  }
  return EXIT.ok;
}

const readOktaSettings = ({
  arx: env,
  config,
  baseDir,
}: Settings): Promise<OktaSettings | CliError> =>
  oktaSettings({ env, config, baseDir }).catch(toCliError);

interface StoredSync {
  org: string | null;
  sync: OktaStatus['sync'];
  streams: readonly StreamState[];
  /** The streams as last read completely. */
  completed: readonly StreamState[];
}
const NO_SYNC: StoredSync = { org: null, sync: null, streams: [], completed: [] };

async function readOf({ twin }: Store, org: string): Promise<StoredSync> {
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

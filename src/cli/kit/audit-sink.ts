import { openConfiguredSink } from '../../services/audit/sink.ts';
import type { Store } from '../../store/types.ts';
import type { Settings } from './settings.ts';

/**
 * The store as calls to vendors use it: with a required sink, they wait for it. What a command leaves
 * unshipped is shipped by the worker. Throws ConfigError.
 */
export async function withConfiguredSink(settings: Settings, store: Store): Promise<Store> {
  const { arx: env, config, baseDir } = settings;
  // The call that waits for the sink reports its failure.
  const report = (): void => undefined;
  const sink = await openConfiguredSink(store, { env, config, baseDir, report });
  return sink ? { ...store, journal: sink.journal } : store;
}

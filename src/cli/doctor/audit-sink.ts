import { findSink, sinkLag } from '../../services/audit/sink.ts';
import type { SinkLag } from '../../services/audit/sink.ts';
import type { Store } from '../../store/types.ts';
import type { Settings } from '../kit/settings.ts';
import { plural, timeText } from '../kit/text.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';

/** A worker copies entries every few seconds; this long without progress, something is wrong. */
const STUCK_MS = 60_000;

/** Whether the sink of the audit trail can be reached, and how far it is behind; none without one. */
export async function sinkChecks(settings: Settings, store: Store): Promise<CheckResult[]> {
  const { arx: env, config, baseDir } = settings;
  if (config.audit.sink === null) return [];
  const check = await attempt('audit sink', async () => {
    const found = await findSink({ env, config, baseDir });
    if (found === null) return 'none';
    await found.sink.probe();
    return resultOf(found.sink.name, await sinkLag(store, found.sink), found.required);
  });
  return [check];
}

function resultOf(name: string, { behind, shippedAt }: SinkLag, required: boolean): CheckResult {
  const mode = required ? 'calls wait for it' : 'entries follow soon after';
  const lag =
    behind === 0
      ? 'has every entry'
      : `${plural(behind, 'entry is', 'entries are')} missing, last copied ${shippedAt ? timeText(shippedAt) : 'never'}`;
  const detail = `${name}: ${lag}; ${mode}`;
  const isStuck = behind > 0 && Date.now() - Date.parse(shippedAt ?? '1970-01-01') > STUCK_MS;
  return isStuck
    ? fail(
        'audit sink',
        detail,
        'Start a worker, which copies the entries; its log says why it could not.',
      )
    : pass('audit sink', detail);
}

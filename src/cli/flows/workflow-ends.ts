import type { TemporalLink } from '../../client.ts';
import { workflowEnds } from '../../client/flow-ends.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';
import { runEnds } from '../../client/run-ends.ts';
import type { RunEnds } from '../../client/run-ends.ts';
import type { Settings } from '../kit/settings.ts';
import { stackEnvironment } from '../kit/target.ts';

const WITHIN_MS = 2_000;

/** Looks up whether the workflows of runs have ended. Connects to Temporal on the first look-up. */
export function createWorkflowEnds(
  settings: Settings,
  { local = false }: { local?: boolean | undefined },
): { ends: FlowEnds; runs: RunEnds; close: () => Promise<void> } {
  let link: Promise<TemporalLink | null> | null = null;
  const openOnce = (): Promise<TemporalLink | null> =>
    (link ??= connectOrNull(settings, local).catch(() => null));
  return {
    ends: workflowEnds(openOnce),
    runs: runEnds(openOnce),
    close: async () => (await link)?.close(),
  };
}

/**
 * Connects to the server of the environment or, with the embedded store, to that of the stack; null
 * if none runs.
 */
export async function connectOrNull(
  settings: Settings,
  local: boolean,
): Promise<TemporalLink | null> {
  const { connect } = await import('../../client.ts');
  const { arx, raw } = settings;
  if (!local && arx.databaseUrl !== null) return connect({ env: raw, timeoutMs: WITHIN_MS });
  const { readState } = await import('../../local/stack-state.ts');
  const { temporal } = readState(arx.home) ?? {};
  if (!temporal) return null;
  return connect({ ...temporal, env: stackEnvironment(settings, temporal), timeoutMs: WITHIN_MS });
}

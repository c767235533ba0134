import type { TemporalLink } from '../../client.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/**
 * Runs a task with a connection to the Temporal server of the environment, or with --local to that
 * of the stack on this machine, which is started if it does not run. Closes both.
 */
export async function withTemporal<Result>(
  io: Io,
  { settings, local = false }: { settings: Settings; local?: boolean | undefined },
  task: (link: TemporalLink) => Promise<Result>,
): Promise<Result> {
  if (local) {
    const { openTarget } = await import('./target.ts');
    const target = await openTarget(io, settings, { local });
    try {
      return await task(target.link);
    } finally {
      await target.close();
    }
  }
  const { connect } = await import('../../client.ts');
  const link = await connect({ env: settings.raw });
  try {
    return await task(link);
  } finally {
    await link.close();
  }
}

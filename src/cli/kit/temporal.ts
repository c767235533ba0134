import type { TemporalLink } from '../../client.ts';
import type { Io } from './io.ts';

/**
 * Runs a task with a connection to the Temporal server of the environment, and closes the
 * connection.
 */
export async function withTemporal<Result>(
  io: Io,
  task: (link: TemporalLink) => Promise<Result>,
): Promise<Result> {
  const { connect } = await import('../../client.ts');
  const { readEnvironment } = await import('./settings.ts');
  const link = await connect({ env: readEnvironment(io).raw });
  try {
    return await task(link);
  } finally {
    await link.close();
  }
}

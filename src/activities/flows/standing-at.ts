import { Context } from '@temporalio/activity';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import { seenBy, standingOf } from '../../remediation/acts.ts';
import type { Standing } from '../../remediation/acts.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { VENDOR_ATTEMPTS } from '../failures.ts';
import type { FlowDeps } from './deps.ts';
import { lookAt } from './look.ts';
import { lookerOf } from './record.ts';

/** How the target of a step stands now; unknown where nothing shows, or it cannot be read. */
export async function standingAt(
  deps: FlowDeps,
  record: FlowRunRecord,
  { operation, params }: FlowStepRecord,
): Promise<Standing> {
  if (seenBy(operation) === 'nothing') return 'unknown';
  try {
    return standingOf(operation, await lookAt(lookerOf(deps, record), { operation, args: params }));
  } catch (error) {
    if (error instanceof PolicyDeniedError) return 'unknown';
    if (!(error instanceof ConnectorError) || error.code === 'cancelled') throw error;
    if (error.retryable && Context.current().info.attempt < VENDOR_ATTEMPTS) throw error;
    return 'unknown';
  }
}

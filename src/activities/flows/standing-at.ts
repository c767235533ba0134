import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import { evidenceOf, effectState } from '../../flows/effects.ts';
import type { EffectState } from '../../flows/effects.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { FlowDeps } from './deps.ts';
import { lookAt } from './look.ts';
import type { Looker } from './look.ts';
import { lookerOf } from './record.ts';

/** An operation (`okta:users:suspend`) with what it acts on. */
export interface Acted {
  operation: string;
  args: JsonObject;
}

/**
 * How the target of an operation stands now; unknown where nothing shows, or it lastingly cannot be
 * read. Throws what makes the activity look again. `cancelled`: a read that was cancelled ends the
 * activity, or is looked at again as others are.
 */
export async function standingAt(
  looker: Looker,
  acted: Acted,
  cancelled: 'ends' | 'again',
): Promise<EffectState> {
  if (evidenceOf(acted.operation) === 'nothing') return 'unknown';
  try {
    return effectState(acted.operation, await lookAt(looker, acted));
  } catch (error) {
    if (isLasting(error, cancelled)) return 'unknown';
    throw error;
  }
}

function isLasting(error: unknown, cancelled: 'ends' | 'again'): boolean {
  if (error instanceof PolicyDeniedError) return true;
  if (!(error instanceof ConnectorError)) return false;
  const isCancelled = error.code === 'cancelled';
  if (isCancelled && cancelled === 'ends') return false;
  return !(error.retryable || isCancelled) || Context.current().info.attempt >= VENDOR_ATTEMPTS;
}

/** How the target of a step stands now, as its flow sees it. */
export const standingOfStep = (
  deps: FlowDeps,
  record: FlowRunRecord,
  { operation, params }: FlowStepRecord,
): Promise<EffectState> => standingAt(lookerOf(deps, record), { operation, args: params }, 'ends');

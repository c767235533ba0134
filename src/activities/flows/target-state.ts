import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import { evidenceOf, effectState } from '../../flows/effects.ts';
import type { EffectState } from '../../flows/effects.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { UsesConnectors } from '../support/parts.ts';
import { inspectTarget } from './read-target.ts';
import type { TargetReader } from './read-target.ts';
import { targetReaderOf } from './record.ts';

/** An operation such as `okta:users:suspend`, with its arguments. */
interface OperationCall {
  operation: string;
  args: JsonObject;
}

/**
 * Reads whether the target of an operation is in the state that the operation leads to (`done`), or
 * in one that allows it (`ready`). It is `unknown` if the effect is not visible or the target
 * permanently cannot be read. Throws temporary failures, after which the activity tries again.
 * `cancelled`: whether a cancelled read ends the activity, or is tried again like other failures.
 */
export async function readTargetState(
  reader: TargetReader,
  call: OperationCall,
  cancelled: 'ends' | 'again',
): Promise<EffectState> {
  if (evidenceOf(call.operation) === 'nothing') return 'unknown';
  try {
    return effectState(call.operation, await inspectTarget(reader, call));
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

/** Reads the state of the target of a step, in the name of its flow. */
export const readStepState = (
  deps: UsesConnectors<AccountConnector>,
  record: FlowRunRecord,
  { operation, params }: FlowStepRecord,
): Promise<EffectState> =>
  readTargetState(targetReaderOf(deps, record), { operation, args: params }, 'ends');

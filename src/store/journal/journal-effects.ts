import type { JournalEffect } from '../../audit/types.ts';
import { writeVerdicts } from '../repositories/verdicts.ts';
import type { Append } from './journal-write.ts';
import { JointWrites } from './joint-writes.ts';
import type { StoreTransaction } from '../types.ts';

/** Sets the failure of an effect apart from a failure of the trail. */
export class EffectError extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super('an effect failed');
    this.reason = reason;
  }
}

/**
 * Runs the effects in order. One that only waits for a joint write lets the next begin: when all
 * have begun, what they wait for is written in one statement. Of those that a failure leaves
 * waiting none goes on.
 */
export async function runEffects(tx: StoreTransaction, appends: readonly Append[]): Promise<void> {
  const joint = JointWrites.open(tx);
  const running: Promise<void>[] = [];
  for (const { effect } of appends) {
    if (!effect) continue;
    const one = runEffect(tx, effect);
    running.push(one);
    await Promise.race([one, joint.waitForWrite()]);
  }
  await Promise.all([...running, joint.close((items) => writeVerdicts(tx, items))]);
}

/** Runs one effect; what it throws is set apart as an EffectError. */
export async function runEffect(tx: StoreTransaction, effect: JournalEffect): Promise<void> {
  try {
    await effect(tx as never);
  } catch (error) {
    throw new EffectError(error);
  }
}

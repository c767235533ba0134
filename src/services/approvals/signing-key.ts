import { decisionSeeds } from '../../config/env/decision-seed.ts';
import type { ArxEnv } from '../../config/env/env.ts';
import { decisionKey } from '../../governance/decision-token.ts';
import type { DecisionKey } from '../../governance/decision-token.ts';
import type { Store } from '../../store/types.ts';
import { auditKeys } from '../audit/key-trail.ts';
import type { KeyActor } from '../audit/key-trail.ts';

/**
 * Dependencies of the signing key: `store` holds its public half, `actor` is recorded as its
 * creator.
 */
export interface SigningKeyParts {
  env: ArxEnv;
  store: Store;
  actor: KeyActor;
}

/** Thrown if the key that would sign here is revoked. */
export class KeyRevokedError extends Error {
  override readonly name = 'KeyRevokedError';
  readonly code = 'key_revoked';
  readonly remedy =
    'Create a new one with `arx keys decision --rotate`, or set ARX_DECISION_KEY to another seed.';
  constructor(kid: string) {
    super(`The key that signs decisions here (${kid}) is revoked.`);
  }
}

/**
 * The key that signs decisions here. On first use the key is created and its public half stored.
 * Throws KeyRevokedError and ConfigError.
 */
export async function signingKey({
  env,
  store,
  actor: keeper,
}: SigningKeyParts): Promise<DecisionKey> {
  const key = decisionKey(decisionSeeds(env).current().reveal());
  const known = await store.keys.signingKey(key.kid);
  if (known === null) await enrol(store, keeper, key);
  else if (known.revokedAt !== null) throw new KeyRevokedError(key.kid);
  return key;
}

/** Whether the store knows the key that signs decisions here, revoked or not. */
export async function isEnrolled(env: ArxEnv, store: Pick<Store, 'keys'>): Promise<boolean> {
  const { kid } = decisionKey(decisionSeeds(env).current().reveal());
  return (await store.keys.signingKey(kid)) !== null;
}

/** Replaces the signing key by a new one and revokes the old one. Throws ConfigError. */
export async function rotateSigningKey({
  env,
  store,
  actor: keeper,
}: SigningKeyParts): Promise<{ key: DecisionKey; old: string }> {
  const seeds = decisionSeeds(env);
  const old = decisionKey(seeds.current().reveal());
  const { seed, install } = seeds.prepare();
  const key = decisionKey(seed.reveal());
  await enrol(store, keeper, key);
  install();
  await auditKeys(store, keeper, [
    { kind: 'key.revoked', subject: old.kid, outcome: { purpose: 'decisions' } },
  ]);
  await store.keys.revokeSigningKey(old.kid, new Date().toISOString());
  return { key, old: old.kid };
}

async function enrol(
  store: Store,
  keeper: KeyActor,
  { kid, publicKey }: DecisionKey,
): Promise<void> {
  await auditKeys(store, keeper, [
    { kind: 'key.created', subject: kid, outcome: { purpose: 'decisions', publicKey } },
  ]);
  await store.keys.addSigningKey({
    kid,
    publicKey,
    createdAt: new Date().toISOString(),
    revokedAt: null,
  });
}

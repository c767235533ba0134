import type { Kysely } from 'kysely';
import type { KeyScope } from '../../governance/key-scopes.ts';
import type { AccessKey, KeyRepository } from '../governance-types.ts';
import type { AccessKeysTable, Database } from '../schema.ts';

/** Public keys of decision signatures, and hashes of the access keys of users and services. */
export function createKeyRepository(db: Kysely<Database>): KeyRepository {
  return {
    async addSigningKey({ kid, publicKey, createdAt, revokedAt }) {
      await db
        .insertInto('signing_keys')
        .values({ kid, public_key: publicKey, created_at: createdAt, revoked_at: revokedAt })
        .onConflict((conflict) => conflict.column('kid').doNothing())
        .execute();
    },
    async signingKey(kid) {
      const row = await db
        .selectFrom('signing_keys')
        .selectAll()
        .where('kid', '=', kid)
        .executeTakeFirst();
      if (!row) return null;
      return {
        kid,
        publicKey: row.public_key,
        createdAt: row.created_at,
        revokedAt: row.revoked_at,
      };
    },
    async revokeSigningKey(kid, at) {
      const keys = db.updateTable('signing_keys').set({ revoked_at: at }).where('kid', '=', kid);
      return (await keys.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows > 0n;
    },
    async addAccessKey({ name, hash, person, createdAt, revokedAt, ...terms }) {
      const { scopes = null, expiresAt = null } = terms;
      await db
        .insertInto('access_keys')
        .values({
          name,
          hash,
          person,
          created_at: createdAt,
          revoked_at: revokedAt,
          scopes: scopes?.join(' ') ?? null,
          expires_at: expiresAt,
          last_used_at: null,
        })
        .execute();
    },
    async accessKey(hash) {
      const row = await db
        .selectFrom('access_keys')
        .selectAll()
        .where('hash', '=', hash)
        .executeTakeFirst();
      return row ? toKey(row) : null;
    },
    async accessKeys() {
      return (await db.selectFrom('access_keys').selectAll().orderBy('name').execute()).map(toKey);
    },
    async revokeAccessKey(name, at) {
      const keys = db.updateTable('access_keys').set({ revoked_at: at }).where('name', '=', name);
      return (await keys.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows > 0n;
    },
    async recordUse(name, at) {
      await db
        .updateTable('access_keys')
        .set({ last_used_at: at })
        .where('name', '=', name)
        .execute();
    },
  };
}

function toKey(row: AccessKeysTable): AccessKey {
  const { name, hash, person, scopes } = row;
  return {
    name,
    hash,
    person,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    // A word that this version does not know opens no route.
    scopes: (scopes?.split(' ') as KeyScope[] | undefined) ?? null,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}

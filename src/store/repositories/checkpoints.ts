import type { Kysely } from 'kysely';
import type { AuditKeyRepository, CheckpointRepository } from '../audit-types.ts';
import type { Database } from '../schema.ts';

/** Checkpoints are never deleted; two identical ones are stored once. */
export function createCheckpointRepository(db: Kysely<Database>): CheckpointRepository {
  const rows = () => db.selectFrom('audit_checkpoints').select(['size', 'note', 'at']);
  return {
    async newest() {
      const newest = rows().orderBy('size', 'desc').orderBy('position', 'desc').limit(1);
      return (await newest.executeTakeFirst()) ?? null;
    },
    list: () => rows().orderBy('size').orderBy('position').execute(),
    async add(row, verifierKeys) {
      return await db.transaction().execute(async (tx) => {
        // Locked until the commit, so that no key is retired while a checkpoint that it signed is
        // being stored.
        const keys = await tx
          .selectFrom('audit_keys')
          .select('verifier_key')
          .where('verifier_key', 'in', [...verifierKeys])
          .where('from_size', '<=', row.size)
          .where((eb) => eb.or([eb('to_size', 'is', null), eb('to_size', '>=', row.size)]))
          .forShare()
          .execute();
        if (keys.length < verifierKeys.length) return false;
        const insert = tx.insertInto('audit_checkpoints').values(row);
        await insert
          .onConflict((conflict) => conflict.columns(['size', 'note']).doNothing())
          .execute();
        return true;
      });
    },
  };
}

/** The public keys of the log. */
export function createAuditKeyRepository(db: Kysely<Database>): AuditKeyRepository {
  return {
    async list() {
      const rows = await db.selectFrom('audit_keys').selectAll().orderBy('position').execute();
      return rows.map(({ verifier_key, created_at, from_size, to_size }) => ({
        verifierKey: verifier_key,
        createdAt: created_at,
        fromSize: from_size,
        toSize: to_size,
      }));
    },
    async use(tx, { verifierKey, createdAt }) {
      const { entries } = await tx
        .selectFrom('audit_head')
        .select('entries')
        .executeTakeFirstOrThrow();
      const inUse = tx
        .updateTable('audit_keys')
        .set({ to_size: entries })
        .where('to_size', 'is', null);
      await inUse.where('verifier_key', '!=', verifierKey).execute();
      const key = {
        verifier_key: verifierKey,
        created_at: createdAt,
        from_size: entries,
        to_size: null,
      };
      const insert = tx.insertInto('audit_keys').values(key);
      await insert.onConflict((conflict) => conflict.column('verifier_key').doNothing()).execute();
    },
  };
}

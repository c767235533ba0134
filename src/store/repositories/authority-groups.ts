import type { Kysely } from 'kysely';
import type { AuthorityGroupRepository } from '../governance-types.ts';
import type { Database } from '../schema.ts';

/** Groups from which arx takes authority, by name: the group that was found first is meant. */
export function createAuthorityGroupRepository(db: Kysely<Database>): AuthorityGroupRepository {
  const readIds = async (org: string): Promise<Map<string, string>> => {
    const rows = await db
      .selectFrom('authority_groups')
      .select(['name', 'group_id'])
      .where('org', '=', org)
      .execute();
    return new Map(rows.map(({ name, group_id }) => [name, group_id]));
  };
  return {
    known: readIds,
    async keep(org, name, groupId, at) {
      await db
        .insertInto('authority_groups')
        .values({ org, name, group_id: groupId, resolved_at: at })
        .onConflict((conflict) => conflict.columns(['org', 'name']).doNothing())
        .execute();
      return (await readIds(org)).get(name) ?? groupId;
    },
  };
}

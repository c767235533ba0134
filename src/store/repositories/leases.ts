import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { AttemptFence } from '../journal/attempts.ts';
import type { SqlClock } from '../clock.ts';
import { LeaseLostError } from '../errors.ts';
import type { LeaseRepository } from '../lease-types.ts';
import type { Database } from '../schema.ts';

/** Leases by name. A row remains after its lease has expired, so that its fence never decreases. */
export function createLeaseRepository(
  db: Kysely<Database>,
  clock: SqlClock,
  fence: AttemptFence,
): LeaseRepository {
  const after = (ms: number): RawBuilder<Date> =>
    sql<Date>`${clock()} + make_interval(secs => ${ms / 1000}::float8)`;
  return {
    async claim(name, owner, ttlMs) {
      const claim = sql<{ fence: number }>`
        insert into leases (name, owner, fence, lease_until) values (${name}, ${owner}, 1, ${after(ttlMs)})
        on conflict (name) do update
          set owner = ${owner}, fence = leases.fence + 1, lease_until = ${after(ttlMs)}
          where leases.owner = ${owner} or leases.lease_until <= ${clock()}
        returning fence`;
      const { rows } = await fence.write(null, (on) => claim.execute(on));
      const [row] = rows;
      return row ? { name, fence: row.fence } : null;
    },
    async renew(tx, { name, fence }, ttlMs) {
      const { rows } = await sql`
        update leases set lease_until = ${after(ttlMs)}
        where name = ${name} and fence = ${fence} and lease_until > ${clock()} returning fence`.execute(
        tx ?? db,
      );
      if (rows.length === 0) throw new LeaseLostError(name, `claim ${fence}`);
    },
    async release({ name, fence }) {
      await sql`update leases set lease_until = ${clock()} where name = ${name} and fence = ${fence}`.execute(
        db,
      );
    },
  };
}

import type { IdempotencyStore } from 'waybill'

/** Runs a statement, as postgres clients do: values by $1, $2, …; gives the rows. */
export type Sql = (text: string, values: readonly unknown[]) => Promise<readonly { readonly done?: boolean }[]>

// #region sql-store
/** create table work (key text primary key, owner text not null, until timestamptz not null, done boolean not null) */
export function sqlStore(sql: Sql): IdempotencyStore {
  return {
    async begin(key, owner, forMs) {
      const begun = await sql(
        `insert into work values ($1, $2, now() + $3 * interval '1 ms', false)
         on conflict (key) do update set owner = excluded.owner, until = excluded.until, done = false
         where work.until <= now() or (work.owner = excluded.owner and not work.done)
         returning done`,
        [key, owner, forMs],
      )
      if (begun.length > 0) return 'begun'
      const [row] = await sql('select done from work where key = $1', [key])
      return row?.done ? 'done' : 'in-progress'
    },
    async finish(key, owner, forMs) {
      await sql(
        `insert into work values ($1, $2, now() + $3 * interval '1 ms', true)
         on conflict (key) do update set owner = excluded.owner, until = excluded.until, done = true`,
        [key, owner, forMs],
      )
    },
    async release(key, owner) {
      await sql('delete from work where key = $1 and owner = $2 and not done', [key, owner])
    },
  }
}
// #endregion

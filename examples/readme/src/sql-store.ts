import type { IdempotencyStore } from 'waybill'

/** Runs a statement as PostgreSQL's clients do, with its values in the places $1, $2, …, and gives the rows. */
export type Sql = (text: string, values: readonly unknown[]) => Promise<readonly { readonly done?: unknown }[]>

// #region sql-store
/** create table work (key text primary key, owner text not null, until bigint not null, done boolean not null) */
export function sqlStore(sql: Sql): IdempotencyStore {
  return {
    async begin(key, owner, forMs) {
      const begun = await sql(
        `insert into work (key, owner, until, done) values ($1, $2, $3, false)
         on conflict (key) do update set owner = $2, until = $3, done = false
         where work.until <= $4 or (work.owner = $2 and not work.done)
         returning done`,
        [key, owner, Date.now() + forMs, Date.now()],
      )
      if (begun.length > 0) return 'begun'
      const [row] = await sql('select done from work where key = $1', [key])
      return row?.done ? 'done' : 'in-progress'
    },
    async finish(key, owner, forMs) {
      await sql(
        `insert into work (key, owner, until, done) values ($1, $2, $3, true)
         on conflict (key) do update set owner = $2, until = $3, done = true`,
        [key, owner, Date.now() + forMs],
      )
    },
    async release(key, owner) {
      await sql('delete from work where key = $1 and owner = $2 and not done', [key, owner])
    },
  }
}
// #endregion

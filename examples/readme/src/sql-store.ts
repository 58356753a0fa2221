import type { DatabaseSync } from 'node:sqlite'
import type { IdempotencyStore } from 'waybill'

// #region sql-store
/** Runs a statement with its values in the places $1, $2, …, and gives the rows. */
export type Sql = (
  text: string,
  values: readonly (string | number)[],
) => Promise<readonly { readonly done?: unknown }[]>

/**
 * create table work (key text primary key, owner text not null, until bigint not null, done boolean not null)
 * What is over stays there: now and then, delete from work where until < …
 */
export function sqlStore(sql: Sql, now: () => number = Date.now): IdempotencyStore {
  return {
    async begin(key, owner, forMs) {
      const begun = await sql(
        `insert into work (key, owner, until, done) values ($1, $2, $3, false)
         on conflict (key) do update set owner = $2, until = $3, done = false
         where work.until <= $4 or (work.owner = $2 and not work.done)
         returning done`,
        [key, owner, now() + forMs, now()],
      )
      if (begun.length > 0) return 'begun'
      const [row] = await sql('select done from work where key = $1', [key])
      return row?.done ? 'done' : 'in-progress'
    },
    async finish(key, owner, forMs) {
      await sql(
        `insert into work (key, owner, until, done) values ($1, $2, $3, true)
         on conflict (key) do update set owner = $2, until = $3, done = true`,
        [key, owner, now() + forMs],
      )
    },
    async release(key, owner) {
      await sql('delete from work where key = $1 and owner = $2 and not done', [key, owner])
    },
  }
}
// #endregion

// #region sql-clients
/** node:sqlite takes $1 for a name. */
export function overSqlite(db: DatabaseSync): Sql {
  return async (text, values) => db.prepare(text).all(Object.fromEntries(values.map((value, n) => [`${n + 1}`, value])))
}

/** A pool of the package pg. */
export function overPostgres(pool: {
  query: (text: string, values: unknown[]) => Promise<{ rows: { done?: unknown }[] }>
}): Sql {
  return async (text, values) => (await pool.query(text, [...values])).rows
}
// #endregion

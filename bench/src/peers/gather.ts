import { inTens } from '../aws.ts'

/** Makes of a function that sends up to ten one that sends a single one with its neighbours of the same turn. */
export function gather<T>(sendTen: (ten: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = []

  function flush(): void {
    const all = waiting
    waiting = []
    for (const ten of inTens(all)) {
      sendTen(ten.map(({ item }) => item)).then(
        () => ten.forEach(({ resolve }) => resolve()),
        (error: unknown) => ten.forEach(({ reject }) => reject(error)),
      )
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ item, resolve, reject })
    })
}

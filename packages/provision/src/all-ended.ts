/** The values of all, in order. Rejects as one of them does, and only when all have ended: nothing is left running. */
export async function allEnded<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

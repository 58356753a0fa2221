import type { Connection } from 'waybill'

/** A process that may die: from then on nothing it calls is answered, and nothing it does goes on. */
export function mortal(aws: Connection) {
  let dead = false
  const atDeath = new Set<() => void>()
  const never = new Promise<never>(() => {})
  const mayAnswer =
    <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      if (dead) return never
      const answer = await call(...args)
      return dead ? never : answer
    }
  const { changeVisibility, delete: remove, receive, send } = aws.sqs
  const sqs = {
    send: mayAnswer(send),
    receive: mayAnswer(receive),
    delete: mayAnswer(remove),
    changeVisibility: mayAnswer(changeVisibility),
  }
  return {
    connection: { ...aws, sqs },
    /** Goes on, unless it is dead. */
    alive: async (): Promise<void> => (dead ? never : undefined),
    /** Until it is disposed of; at once when it is dead. */
    onDeath(run: () => void): Disposable {
      if (dead) run()
      atDeath.add(run)
      return { [Symbol.dispose]: () => void atDeath.delete(run) }
    },
    die(): void {
      dead = true
      for (const run of atDeath) run()
    },
  }
}

import { type Connection, createProducer, defineMessage, type PayloadOf, type Queue } from 'waybill'
import { z } from 'zod'
import { numbers } from './numbers.ts'

/** For FIFO queues: one of the messages of its group. */
export const Step = defineMessage('step', z.object({ group: z.string(), n: z.int() }))
type Handled = PayloadOf<typeof Step>

/** Sends the steps 1 to `count` of each group. */
export async function sendSteps(
  aws: Connection,
  queue: Queue<typeof Step, typeof Step>,
  groups: readonly string[],
  count: number,
): Promise<void> {
  await using producer = createProducer(aws, queue)
  await Promise.all(numbers(count).flatMap((n) => groups.map((group) => producer.send('step', { group, n }))))
}

/** What was handled of each group, in that order. */
export const byGroup = (handled: readonly Handled[]) => {
  const groups = Map.groupBy(handled, ({ group }) => group)
  return Object.fromEntries(Array.from(groups, ([group, steps]) => [group, steps.map(({ n }) => n)]))
}

/** What `byGroup` says when each of them was handled once and in order. */
export const inOrder = (groups: readonly string[], count: number) =>
  Object.fromEntries(groups.map((group) => [group, numbers(count)]))

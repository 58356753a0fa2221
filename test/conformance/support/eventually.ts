import type { Message } from '@waybill/sqs'
import type { Account } from './account.ts'

/** Asks again, five times a second, until the answer is good; after so many times the last answer, good or not. */
export async function eventually<T>(
  aws: Account,
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean = Boolean,
  times = 50,
): Promise<T> {
  let answer = await ask()
  for (let asked = 1; asked < times && !isGood(answer); asked++) {
    await aws.pass('200ms')
    answer = await ask()
  }
  return answer
}

/** Takes so many messages out of a queue as soon as they are there. Fewer when they don't come, more when a receive brings more. */
export async function collect(aws: Account, queueUrl: string, count: number): Promise<Message[]> {
  const collected: Message[] = []

  async function take(): Promise<boolean> {
    // hidden for longer than it takes to delete them, whatever the queue says
    const received = await aws.receive(queueUrl, { VisibilityTimeout: 30 })
    for (const { ReceiptHandle } of received) await aws.sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle })
    collected.push(...received)
    if (collected.length >= count || received.length === 0) return collected.length >= count
    return take()
  }

  await eventually(aws, take)
  return collected
}

// A random life of two consumers of one queue: failing calls, lost answers, slow and failing handlers, stops and restarts.
import { sleep } from '@waybill/core'
import { type Consumer, createConsumer, deadLetter, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { z } from 'zod'
import { answerLost, failing } from './faults.ts'
import { virtualSqs } from './virtual-sqs.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const common = { messages: [Job], deadLetter: { attempts: 50 } } as const
const standard = defineQueue('standard', common)
const fifo = defineQueue('fifo', { ...common, fifo: true, group: () => 'g' })

const TOTAL = 24
const GROUPS = 4

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Lives it and returns what went wrong. */
export async function randomLife(seed: number, ordered: boolean): Promise<string[]> {
  const random = randomOf(seed)
  const queue = ordered ? fifo : standard
  const at = await virtualSqs(queue)
  const problems = new Set<string>()
  const handled = new Set<number>()
  const running = new Set<number>()
  const isDead = (n: number) => at.dead.some(({ body }) => body === `{"n":${n}}`)
  const isLeft = (n: number) => at.left().some(({ body }) => body === `{"n":${n}}`)

  const fault = async <Args extends readonly unknown[], Answer>(
    make: (...args: Args) => Promise<Answer>,
    ...args: Args
  ): Promise<Answer> => {
    await sleep(at.clock, random() * 100)
    const dice = random()
    if (dice < 0.06) return failing('network', random() < 0.5 ? 'now' : 'later')()
    if (dice < 0.1) return answerLost(at.clock, random() * 5_000)(make, ...args)
    return make(...args)
  }
  at.faults.receive = fault
  at.faults.delete = fault
  at.faults.changeVisibility = fault

  const begin = async (): Promise<Consumer> => {
    const consumer = createConsumer(at.aws, queue, {
      concurrency: 1 + Math.floor(random() * 6),
      backoff: { first: '1s', max: '20s' },
      handlers: {
        async job({ n }, { signal }) {
          const before = n - GROUPS
          if (ordered && before >= 0 && !handled.has(before) && !isDead(before))
            problems.add(`${n} began before ${before} was done`)
          if (running.has(n)) problems.add(`${n} runs twice at once`)
          running.add(n)
          await sleep(at.clock, random() < 0.1 ? 40_000 : random() * 2_000, signal)
          running.delete(n)
          if (signal.aborted) throw new Error('aborted')
          const dice = random()
          if (dice < 0.15) throw new Error('failed')
          if (dice < 0.25) return retry({ delay: '3s' })
          if (dice < 0.27) return deadLetter('no')
          handled.add(n)
          return undefined
        },
      },
    })
    await consumer.start()
    return consumer
  }

  for (let n = 0; n < TOTAL; n++) at.put(Job, { n }, ordered ? { group: `g${n % GROUPS}` } : {})
  const consumers = [await begin(), await begin()]
  for (let turn = 0; turn < 50; turn++) {
    await at.clock.advance(`${Math.round(random() * 5_000)}ms`)
    if (random() > 0.08) continue
    const which = random() < 0.5 ? 0 : 1
    let stopped = false
    const stopping = consumers[which]?.stop({ timeout: random() < 0.5 ? '25s' : '3s' }).then(() => (stopped = true))
    for (let second = 0; second < 40 && !stopped; second++) await at.clock.advance('1s')
    if (!stopped) problems.add('a stop took over 40 s')
    await stopping
    consumers[which] = await begin()
  }
  at.faults.receive = at.faults.delete = at.faults.changeVisibility = undefined
  await at.clock.advance('30m')

  for (let n = 0; n < TOTAL; n++) if (!handled.has(n) && !isDead(n) && !isLeft(n)) problems.add(`${n} is lost`)
  for (const { body, receives } of at.left()) problems.add(`${body} is left after ${receives} receives`)
  for (const { fields, level, message } of at.lines) {
    if (level === 'error' && message.startsWith('a bug')) problems.add(`${message}: ${String(fields['err'])}`)
  }
  return [...problems]
}

// A random life of one queue: a producer, two consumers that are stopped, killed and started again, and calls that fail.
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { apply, createConsumer, createProducer, deadLetter, type Logger, plan, retry } from 'waybill'
import { simulate, VirtualClock } from 'waybill/testing'
import { chaos } from './chaos.ts'
import { loose, steps } from './contracts.ts'
import { Ledger } from './ledger.ts'
import { mortal } from './mortal.ts'

const which = fc.constantFrom(0, 1)

/** What a life is: `seed` decides everything that the steps leave open. */
export const life = fc.record({
  ordered: fc.boolean(),
  /** SQS too does what leases can't bear: it gives messages twice, and expires receipt handles early. */
  wild: fc.boolean(),
  faultRate: fc.constantFrom(0, 0.02, 0.1, 0.25),
  seed: fc.nat(),
  steps: fc.array(
    fc.oneof(
      fc.record({
        what: fc.constant('send' as const),
        group: fc.nat({ max: 3 }),
        count: fc.integer({ min: 1, max: 8 }),
      }),
      fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({
        what: fc.constant('restart' as const),
        which,
        timeout: fc.constantFrom('3s' as const, '25s' as const),
      }),
      fc.record({ what: fc.constant('kill' as const), which }),
    ),
    { minLength: 1, maxLength: 40 },
  ),
})
type Life = typeof life extends fc.Arbitrary<infer Value> ? Value : never

/** Lives it and returns what went wrong. */
export async function live({ ordered, wild, faultRate, seed, steps: planned }: Life): Promise<readonly string[]> {
  const queue = ordered ? steps : loose
  const clock = new VirtualClock({ seed })
  const odd = wild ? { reorder: 0.3, duplicate: 0.1 } : {}
  const aws = simulate({ clock, seed, ...odd, logger: bugReporter((bug) => ledger.problems.add(bug)) })
  await apply(await plan(aws, [queue]))
  const keyIn = (body: string) => {
    const { of, n } = JSON.parse(body)
    return `${of}${n}`
  }
  const ledger = new Ledger(ordered, (key) => aws.deadLetters(queue).some(({ body }) => keyIn(body) === key))
  const random = () => clock.random()

  let rate = faultRate
  const faults = { ordered, wild, rate: () => rate }
  const keys = new Map<string, string>()
  aws.faults.on('send', chaos('send', faults))
  aws.faults.on('changeVisibility', chaos('changeVisibility', faults))
  aws.faults.on('receive', async (call, make, tools) => {
    const seeing = async () => {
      const answer = await make()
      const { Messages = [] } = answer as { Messages?: { ReceiptHandle: string; Body: string }[] }
      for (const { Body, ReceiptHandle } of Messages) keys.set(ReceiptHandle, keyIn(Body))
      return answer
    }
    return chaos('receive', faults)(call, seeing, tools)
  })
  aws.faults.on('delete', (call, make, tools) => {
    for (const { ReceiptHandle } of call.entries) ledger.deleting(keys.get(String(ReceiptHandle)) ?? '')
    return chaos('delete', faults)(call, make, tools)
  })

  type Process = Awaited<ReturnType<typeof begin>>
  async function begin() {
    const body = mortal(aws)
    const open = new Map<string, number>()
    const count = (id: string, by: number) => open.set(id, (open.get(id) ?? 0) + by)
    const consumer = createConsumer(body.connection, queue, {
      concurrency: 1 + Math.floor(random() * 6),
      backoff: { first: '1s', max: '20s' },
      on: {
        started: ({ id }) => count(id, 1),
        settled({ id, outcome }) {
          count(id, -1)
          if ((open.get(id) ?? 0) < 0 && outcome !== 'dead-letter') ledger.problems.add(`${id} was settled twice`)
        },
      },
      handlers: {
        async step(step, { signal }) {
          await body.alive()
          const stubborn = random() < 0.05
          const alone = !wild && !stubborn
          ledger.begin(step, alone)
          const end = () => alone && ledger.end(step)
          using _death = body.onDeath(end)
          await sleep(clock, random() < 0.1 ? 40_000 : random() * 2_000, stubborn ? undefined : signal)
          await body.alive()
          end()
          if (signal.aborted && !stubborn) throw new Error('aborted')
          const dice = random()
          if (dice < 0.15) throw new Error('failed')
          if (dice < 0.25) return retry({ delay: '3s' })
          if (dice < 0.27) return deadLetter('no')
          ledger.handle(step)
          return undefined
        },
      },
    })
    await clock.until(consumer.start())
    return { consumer, body }
  }

  const producer = createProducer(aws, queue)
  const sends: Promise<unknown>[] = []
  const counts = [0, 0, 0, 0]
  const send = (group: number) => {
    const step = { of: 'abcd'.charAt(group), n: (counts[group] = (counts[group] ?? 0) + 1) }
    const accepted = producer.send('step', step).then(() => ledger.accept(step))
    sends.push(accepted.catch(() => 'not accepted, or not known to be'))
  }

  let killed = false
  const processes: [Process, Process] = [await begin(), await begin()]
  for (const step of planned) {
    switch (step.what) {
      case 'send':
        for (let n = 0; n < step.count; n++) send(step.group)
        break
      case 'pass':
        await clock.advance(`${step.ms}ms`)
        break
      case 'restart':
        // a stop has its timeout, and what hangs then is cut
        await clock.until(processes[step.which].consumer.stop({ timeout: step.timeout }), { within: '40s' })
        processes[step.which] = await begin()
        break
      case 'kill':
        killed = true
        processes[step.which].body.die()
        processes[step.which] = await begin()
        break
    }
  }

  rate = 0
  await clock.until(producer.close())
  await Promise.all(sends)
  const isEmpty = () => {
    const { delayed, inFlight, visible } = aws.contents(queue)
    return delayed.length + inFlight.length + visible.length === 0
  }
  for (let round = 0; round < 12 && !isEmpty(); round++) await clock.advance('10m')
  if (!isEmpty()) ledger.problems.add(`left after two hours: ${JSON.stringify(aws.contents(queue))}`)
  for (const { consumer } of processes) await clock.until(consumer.stop(), { within: '40s' })
  // the dead clean nothing up
  if (!killed) await aws.close()
  return ledger.close()
}

function sleep(clock: VirtualClock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    signal?.addEventListener('abort', () => {
      timer.cancel()
      resolve()
    })
  })
}

/** A logger that tells what Waybill itself calls a bug. */
function bugReporter(tell: (bug: string) => void): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error(fields: object | string, message?: string) {
      if (message?.startsWith('a bug')) tell(`${message}: ${inspect(fields)}`)
    },
    child: () => logger,
  }
  return logger
}

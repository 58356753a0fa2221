// A random life of one queue: a producer, two consumers that are stopped, killed, paused and started again, calls that fail.
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import {
  apply,
  createConsumer,
  createProducer,
  deadLetter,
  type Logger,
  memoryStore,
  NonRetryableError,
  type Outcome,
  plan,
  retry,
} from 'waybill'
import { simulate, VirtualClock } from 'waybill/testing'
import { chaos } from './chaos.ts'
import { loose, steps } from './contracts.ts'
import { Ledger, type Step } from './ledger.ts'
import { mortal } from './mortal.ts'

const which = fc.constantFrom(0, 1)

/** What a life is: `seed` decides everything that the steps leave open. */
export const life = fc.record({
  ordered: fc.boolean(),
  /** SQS too does what leases can't bear: it gives messages twice, and expires receipt handles early. */
  wild: fc.boolean(),
  faultRate: fc.constantFrom(0, 0.02, 0.1, 0.25),
  seed: fc.nat(),
  /** Handlers take up to so many at once; 0: one by one. */
  batch: fc.constantFrom(0, 0, 1, 3, 8),
  /** Few starts a second, and on a standard queue few of a group at once. */
  limited: fc.boolean(),
  /** An idempotency store that both consumers share; `shaky`: it fails as often as SQS does. */
  store: fc.constantFrom('none' as const, 'sound' as const, 'shaky' as const),
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
      fc.record({ what: fc.constant('pause' as const), which }),
      fc.record({ what: fc.constant('freeze' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
    ),
    { minLength: 1, maxLength: 40 },
  ),
})
type Life = typeof life extends fc.Arbitrary<infer Value> ? Value : never

/** Lives it and returns what went wrong. */
export async function live(given: Life): Promise<readonly string[]> {
  const { batch, ordered, wild, faultRate, limited, seed, steps: planned } = given
  const queue = ordered ? steps : loose
  const frozen = planned.some(({ what }) => what === 'freeze')
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
  const store = memoryStore({ clock })
  const shaky =
    <Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (given.store === 'shaky' && random() < rate) throw new Error('the store is down')
      return call(...args)
    }

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
    const work = async (step: Step, signal: AbortSignal): Promise<void | Outcome> => {
      await body.alive()
      const stubborn = random() < 0.05
      // a batch that goes on after a block may begin with an item before it hears that this was lost
      const alone = !wild && !stubborn && !(frozen && batch > 0)
      // it waited for its turn in a batch
      if (signal.aborted && !stubborn) throw new Error('aborted')
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
      if (dice < 0.28) throw new NonRetryableError('never')
      ledger.handle(step, !stubborn)
      return undefined
    }
    const consumer = createConsumer(body.connection, queue, {
      concurrency: 1 + Math.floor(random() * 6),
      backoff: { first: '1s', max: '20s' },
      ...(limited && { rateLimit: { max: 8, per: '3s' }, groupConcurrency: ordered ? undefined : 1 }),
      ...(given.store !== 'none' && {
        idempotency: {
          store: { begin: shaky(store.begin), finish: shaky(store.finish), release: shaky(store.release) },
        },
      }),
      on: {
        started: ({ id }) => count(id, 1),
        settled({ id, outcome }) {
          count(id, -1)
          if ((open.get(id) ?? 0) < 0 && outcome !== 'dead-letter') ledger.problems.add(`${id} was settled twice`)
        },
      },
      handlers: {
        step:
          batch === 0
            ? (step, { signal }) => work(step, signal)
            : {
                batch: { size: batch, wait: '500ms' },
                async handleBatch(items) {
                  const outcomes = new Map<(typeof items)[number], Outcome>()
                  const failed = new Set<string>()
                  const moved = new Set<string>()
                  for (const item of items) {
                    // what is behind one that has failed is called done: the consumer has to hold it back
                    if (ordered && failed.has(item.payload.of)) continue
                    // a message is moved, and leaves the order, only after its batch
                    if (ordered && moved.has(item.payload.of)) {
                      outcomes.set(item, retry())
                      continue
                    }
                    const outcome = await work(item.payload, item.context.signal).catch(() => retry())
                    if (!outcome) continue
                    outcomes.set(item, outcome)
                    ;(outcome.outcome === 'retry' ? failed : moved).add(item.payload.of)
                  }
                  return outcomes
                },
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
      case 'pause': {
        const { consumer } = processes[step.which]
        if (consumer.state === 'paused') consumer.resume()
        else consumer.pause()
        break
      }
      case 'freeze':
        clock.freeze(`${step.ms}ms`)
        // who wakes first gets what the others have not noticed to be lost
        ledger.forgiveRunning()
        await clock.advance('0ms')
        break
    }
  }

  rate = 0
  for (const { consumer } of processes) consumer.resume()
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
  // a claim ends with its holder, and while its holder sleeps
  return ledger.close({ once: given.store === 'sound' && !killed && !frozen })
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

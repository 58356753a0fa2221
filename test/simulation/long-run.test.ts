import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { apply, type Connection, createConsumer, createProducer, plan } from 'waybill'
import { type CallKind, simulate, VirtualClock } from 'waybill/testing'
import { collectGarbage } from '../../packages/testing/test/support/collect-garbage.ts'
import { chaos } from './chaos.ts'
import { loose, steps } from './contracts.ts'

const CALLS: readonly CallKind[] = ['send', 'receive', 'delete', 'changeVisibility']
/** As many as a consumer remembers to have handled: from then on this too stays as large as it is. */
const BACKLOG = 10_000
/** Each minute. */
const TRICKLE = 10
const COUNT = BACKLOG + 24 * 60 * TRICKLE

/** The connection, with the signals that its receives are given. */
function watched(aws: Connection) {
  const signals = new Set<AbortSignal>()
  const receive: Connection['sqs']['receive'] = (queue, request, call) => {
    if (call.signal) signals.add(call.signal)
    return aws.sqs.receive(queue, request, call)
  }
  return { connection: { ...aws, sqs: { ...aws.sqs, receive } }, signals }
}

test.each([loose, steps])(
  'a day on a queue ($name), with one call in a hundred failing, piles up nothing',
  async (queue) => {
    const clock = new VirtualClock()
    await using aws = simulate({ clock })
    await apply(await plan(aws, [queue]))
    const { connection, signals } = watched(aws)
    for (const kind of CALLS) aws.faults.on(kind, chaos(kind, { ordered: queue.fifo, rate: () => 0.01, wild: false }))

    const handled = new Uint8Array(COUNT)
    await using consumer = createConsumer(connection, queue, {
      handlers: {
        async step({ n }) {
          // the backlog takes no time, for the test to be quick
          if (n >= BACKLOG) await new Promise<void>((resolve) => void clock.after(clock.random() * 500, resolve))
          if (clock.random() < 0.01) throw new Error('failed')
          handled[n] = 1
        },
      },
    })
    await using producer = createProducer(connection, queue)
    using _ = clock.startAtEnd()
    const running = consumer.run()

    let [sent, refused] = [0, 0]
    const send = (count: number) => {
      for (const end = sent + count; sent < end; sent++)
        producer.send('step', { of: `group ${sent % 50}`, n: sent }).catch(() => refused++)
    }
    const trickle = () => {
      send(TRICKLE)
      if (sent < COUNT) clock.after(60_000, trickle)
    }
    const holds = () => {
      aws.forgetRequests()
      collectGarbage()
      return {
        heap: process.memoryUsage().heapUsed,
        timers: clock.timers,
        listeners: Array.from(signals, (signal) => getEventListeners(signal, 'abort').length),
        ofProcess: process.eventNames().map((name) => [name, process.listenerCount(name)]),
      }
    }

    send(BACKLOG)
    trickle()
    await clock.advance('2h')
    const early = holds()
    await clock.advance('22h')
    const late = holds()
    // 75 bytes for each message since then would be as much
    expect(late.heap - early.heap).toBeLessThan(1_000_000)
    expect(Math.max(early.timers, late.timers)).toBeLessThan(20)
    expect(late.listeners).toHaveLength(1)
    expect(Math.max(...early.listeners, ...late.listeners)).toBeLessThan(10)
    expect(late.ofProcess).toEqual(early.ofProcess)
    await clock.advance('10m')
    await clock.until(Promise.all([consumer.stop(), producer.close()]))
    expect(await running).toEqual({ released: 0, abandoned: 0 })
    expect({ refused, unhandled: handled.filter((times) => times === 0).length }).toEqual({ refused: 0, unhandled: 0 })
    expect(aws.contents(queue)).toEqual({ visible: [], inFlight: [], delayed: [] })
    expect(aws.deadLetters(queue)).toEqual([])
  },
  120_000,
)

// A worker process as in production: handles messages until SIGTERM, drains, and has nothing left to do.
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, createConsumer, deadLetter, type Handler } from 'waybill'
import { endpoint } from 'waybill/testing'
import { queueOf, type Work } from './contracts.ts'
import { endWithTest } from './end-with-test.ts'
import { openLedger } from './ledger.ts'
import { Settings } from './settings.ts'

const {
  concurrency,
  fifo,
  ledger: path,
  visibilityTimeout,
  waitTime,
  ...at
} = Settings.parse(JSON.parse(process.argv[2] ?? ''))
using ledger = openLedger(path)
await using connection = endpoint(at.endpoint, { namePrefix: at.namePrefix })
const worker = process.pid

endWithTest()

const acts: Record<Work['and'], (context: Context) => ReturnType<Handler<Work>>> = {
  succeeds() {},
  'fails twice'({ attempt }) {
    if (attempt <= 2) throw new Error('not yet')
  },
  'is hopeless': () => deadLetter('hopeless'),
  async 'heeds its signal'({ receives, signal }) {
    if (receives === 1) await once(signal, 'abort')
    signal.throwIfAborted()
  },
  async 'ignores its signal'({ receives, signal }) {
    if (receives === 1) await once(signal, 'abort')
  },
}

const consumer = createConsumer(connection, queueOf(fifo, visibilityTimeout), {
  concurrency,
  waitTime: `${waitTime}s`,
  backoff: { first: '50ms', max: '100ms' },
  on: {
    'lease-lost': ({ error, id }) =>
      ledger.write({ what: 'lease-lost', worker, message: id, error: error.name, why: error.message }),
  },
  handlers: {
    async work({ and, takes }, context) {
      const { id: message, receives, signal } = context
      ledger.write({ what: 'begun', worker, message })
      await delay(takes)
      try {
        const outcome = await acts[and](context)
        if (!outcome) ledger.write({ what: 'done', worker, message, receives })
        return outcome
      } catch (error) {
        if (signal.aborted && error instanceof Error) ledger.write({ what: 'cut', worker, message, error: error.name })
        throw error
      }
    },
  },
})
await consumer.run()

// A producing process as in production, under load: sends until it is killed.
import { createProducer } from 'waybill'
import { endpoint } from 'waybill/testing'
import { queueOf } from './contracts.ts'
import { endWithTest } from './end-with-test.ts'
import { openLedger } from './ledger.ts'
import { Settings } from './settings.ts'

const GROUPS = 20

const { concurrency, fifo, ledger: path, visibilityTimeout, ...at } = Settings.parse(JSON.parse(process.argv[2] ?? ''))
using ledger = openLedger(path)
await using connection = endpoint(at.endpoint, { namePrefix: at.namePrefix })
await using producer = createProducer(connection, queueOf(fifo, visibilityTimeout))
const worker = process.pid

endWithTest()

async function keepSending(of: string): Promise<void> {
  let n = 0
  async function inTurn(): Promise<never> {
    for (;;) {
      const message = `${of}:${n++}`
      ledger.write({ what: 'sending', worker, message })
      await producer.send('work', { of, takes: 0, and: 'succeeds' }, { id: message })
      ledger.write({ what: 'sent', worker, message })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, inTurn))
}

await Promise.all(Array.from({ length: GROUPS }, (_, group) => keepSending(String(group))))

import {
  connect,
  type Connection,
  type ConnectOptions,
  createConsumer,
  createProducer,
  defineMessage,
  defineQueue,
  defineTopic,
  type Duration,
  type Locate,
} from 'waybill'
import { CREDENTIALS, REGION } from '../aws.ts'
import { groupOf } from '../contracts/body.ts'
import type { Contract } from '../contracts/index.ts'
import type { ConsumingPeer, Place, ProducingPeer, Sender } from './peer.ts'
import { sharedBy } from './shared-by.ts'

type WaybillPeer = ConsumingPeer & ProducingPeer

/** `linger`: the producer's; default: Waybill's own. */
export function waybillWith(options: ConnectOptions, linger?: Duration): WaybillPeer {
  const connectionTo = sharedBy((endpoint) => connectTo(endpoint, options))
  return {
    async send(place, contract, bodies) {
      await using connection = connectTo(place.endpoint, options)
      await using producer = createProducer(connection, queueOf(place, contract))
      for await (const result of producer.sendMany(bodies.map((payload) => ({ type: 'order', payload }) as const))) {
        if (!result.ok) throw result.error
      }
    },
    async consume({ place, contract, concurrency, handle }) {
      const queue = queueOf(place, contract)
      await createConsumer(connectionTo(place.endpoint), queue, { concurrency, handlers: { order: handle } }).start()
    },
    produce: (place, contract) => senderTo(connectionTo(place.endpoint), queueOf(place, contract), linger),
    publish({ endpoint, name, url }, { schema }) {
      found.set(`topic ${name}`, url)
      const topic = defineTopic(name, { messages: [defineMessage('order', schema)] })
      return senderTo(connectionTo(endpoint), topic, linger)
    },
  }
}

/** The URLs of queues and the ARNs of topics, by what is declared: like the others, Waybill is told where they are. */
const found = new Map<string, string>()
const locate: Locate = ({ kind, name }) => found.get(`${kind} ${name}`)

function connectTo(endpoint: string, options: ConnectOptions): Connection {
  return connect({ endpoint, region: REGION, aws: { credentials: CREDENTIALS }, locate, ...options })
}

function queueOf({ name: physical, url, fifo }: Place, { schema }: Contract) {
  const messages = [defineMessage('order', schema)] as const
  const name = physical.replace(/\.fifo$/, '')
  found.set(`queue ${name}`, url)
  // A body tells its group; on a standard queue it would be a fair queue's.
  return fifo
    ? defineQueue(name, { messages, fifo, group: ({ payload }) => groupOf(payload) })
    : defineQueue(name, { messages })
}

type Target = ReturnType<typeof queueOf> | ReturnType<typeof defineTopic>

function senderTo(connection: Connection, target: Target, linger: Duration | undefined): Sender {
  const closed = new Map<string, number>()
  const producer = createProducer(connection, target, {
    linger,
    on: { batch: ({ reason }) => void closed.set(reason, (closed.get(reason) ?? 0) + 1) },
  })
  return { closed, send: (bodies) => bodies.map((body) => producer.send('order', body)) }
}

import { OptionsError, systemClock } from '@waybill/core'
import { describe, expect, test } from 'vitest'
import { type Admin, type ConnectionParts, createConnection } from '../src/index.ts'
import { silent } from './support/silent.ts'

const receipts = { name: 'receipts', fifo: false }
const stock = { name: 'stock', fifo: true }
const orders = { name: 'orders', fifo: true }
const unused = () => Promise.reject(new Error('not used here'))

/** A connection to an account with these queues, that notes what it is asked. */
function connectTo(queues: readonly string[], options: Partial<ConnectionParts> = {}) {
  const existing = new Set(queues)
  const asked: string[] = []
  const admin: Admin = {
    async account() {
      asked.push('account')
      return '111111111111'
    },
    async findQueue(name, account) {
      asked.push([name, account].filter(Boolean).join(' of '))
      return existing.has(name) ? `https://sqs.test/${account ?? '222222222222'}/${name}` : undefined
    },
    queueAttributes: unused,
    queueTags: unused,
    createQueue: unused,
    setQueueAttributes: unused,
    tagQueue: unused,
    deleteQueue: unused,
    topicAttributes: unused,
    topicTags: unused,
    createTopic: unused,
    setTopicAttribute: unused,
    tagTopic: unused,
    deleteTopic: unused,
    subscriptions: unused,
    subscriptionAttributes: unused,
    subscribe: unused,
    setSubscriptionAttribute: unused,
    unsubscribe: unused,
  }
  const connection = createConnection({
    sqs: { send: unused, receive: unused, delete: unused, changeVisibility: unused },
    sns: { publish: unused },
    admin,
    clock: systemClock,
    logger: silent,
    region: async () => 'eu-central-1',
    close: async () => void asked.push('close'),
    ...options,
  })
  return { connection, asked, existing }
}

describe('a queue', () => {
  test('is found by prefix and name, with .fifo for a FIFO one', async () => {
    const { connection } = connectTo(['dev-receipts', 'dev-stock.fifo'], { namePrefix: 'dev-' })
    expect(await connection.queue(receipts)).toEqual({
      name: 'receipts',
      url: 'https://sqs.test/222222222222/dev-receipts',
      fifo: false,
    })
    expect(await connection.queue(stock)).toEqual({
      name: 'stock',
      url: 'https://sqs.test/222222222222/dev-stock.fifo',
      fifo: true,
    })
    expect(connection.queueName(stock)).toBe('dev-stock.fifo')
  })

  test('is looked for once, however many ask at the same time', async () => {
    const { connection, asked } = connectTo(['receipts'])
    await Promise.all([connection.queue(receipts), connection.queue(receipts)])
    await connection.queue(receipts)
    expect(asked).toEqual(['receipts'])
  })

  test('that is made after a look-up failed is found by the next', async () => {
    const { connection, existing } = connectTo([])
    await expect(connection.queue(receipts)).rejects.toMatchObject({ code: 'queue-not-found' })
    existing.add('receipts')
    expect(await connection.queue(receipts)).toMatchObject({ name: 'receipts' })
  })

  test('that is missing is named, with the region and the account', async () => {
    const advice = 'Create it with apply(), or say where it is with connect({ locate }).'
    await expect(connectTo([], { namePrefix: 'dev-' }).connection.queue(receipts)).rejects.toMatchObject({
      message: `queue 'receipts': GetQueueUrl found no queue 'dev-receipts' in eu-central-1, the account of these credentials. ${advice}`,
    })
    await expect(connectTo([], { accountId: '333333333333' }).connection.queue(receipts)).rejects.toMatchObject({
      message: `queue 'receipts': GetQueueUrl found no queue 'receipts' in eu-central-1, account 333333333333. ${advice}`,
    })
  })

  test('located by a URL of another region is refused: calls would go to a namesake in this one', async () => {
    const url = 'https://sqs.eu-west-1.amazonaws.com/444444444444/prod'
    const { connection } = connectTo([], { locate: () => url })
    await expect(connection.queue(receipts)).rejects.toThrow(
      new OptionsError(
        `locate: ${url} is in eu-west-1, and this connection is to eu-central-1. Use one made by connect({ region: 'eu-west-1' }).`,
      ),
    )
  })

  test('located by URL needs no look-up', async () => {
    const url = 'https://sqs.eu-central-1.amazonaws.com/444444444444/prod-receipts'
    const { connection, asked } = connectTo([], { locate: () => url })
    expect(await connection.queue(receipts)).toEqual({ name: 'receipts', url, fifo: false })
    expect(connection.queueName(receipts)).toBe('prod-receipts')
    expect(asked).toEqual([])
  })

  test('located by ARN is looked for in that account', async () => {
    const { connection, asked } = connectTo(['prod'], { locate: () => 'arn:aws:sqs:eu-central-1:444444444444:prod' })
    expect(await connection.queue(receipts)).toMatchObject({ url: 'https://sqs.test/444444444444/prod' })
    expect(asked).toEqual(['prod of 444444444444'])
  })

  test('located by name is looked for by that name, without the prefix', async () => {
    const { connection } = connectTo(['theirs.fifo'], {
      namePrefix: 'dev-',
      locate: ({ kind, name }) => (kind === 'queue' && name === 'stock' ? 'theirs.fifo' : undefined),
    })
    expect(await connection.queue(stock)).toMatchObject({ url: 'https://sqs.test/222222222222/theirs.fifo' })
    expect(connection.queueName(receipts)).toBe('dev-receipts')
  })

  test('is in the account of its URL or ARN, else in the one that was given', () => {
    const of = (options: Partial<ConnectionParts>) => connectTo([], options).connection.queueAccount(receipts)
    const accountId = '333333333333'
    expect(of({ accountId, locate: () => 'https://sqs.test/444444444444/receipts' })).toBe('444444444444')
    expect(of({ accountId, locate: () => 'arn:aws:sqs:eu-central-1:444444444444:receipts' })).toBe('444444444444')
    expect(of({ accountId, locate: () => 'theirs' })).toBe(accountId)
    expect(of({ accountId })).toBe(accountId)
    expect(of({})).toBeUndefined()
  })

  test('that is named after another, and so has a name that is too long, is refused', () => {
    const name = `${'x'.repeat(70)}-undelivered`
    expect(() => connectTo([]).connection.queueName({ name, fifo: false })).toThrow(
      new OptionsError(
        `queue '${'x'.repeat(60)}…': its name in AWS has 82 characters, and SQS takes at most 80. Shorten the declared name, or name another with locate.`,
      ),
    )
  })

  test.each([
    [receipts, 'receipts', 87, '8)'],
    [{ name: 'stock-dead-letter', fifo: true }, 'stock-dead-letter', 101, "17) and '.fifo'"],
  ])(
    '%o whose name is too long with its prefix is refused, and its parts are named',
    (declared, name, length, part) => {
      const namePrefix = 'p'.repeat(79)
      const { connection } = connectTo([], { namePrefix })
      const refusal = () => connection.queueName(declared)
      expect(refusal).toThrow(
        new OptionsError(
          `queue '${name}': its name in AWS has ${length} characters, and SQS takes at most 80. It is made of namePrefix '${'p'.repeat(60)}…' (79) and '${name}' (${part}: shorten one of them, or name another with locate.`,
        ),
      )
    },
  )

  const noName =
    "can't be its name in AWS. Names are letters, digits, '-' and '_', '.fifo' at the end if it is one, at most 80 characters."
  const noArn = "is not the ARN of a queue ('receipts'). Write arn:aws:sqs:<region>:<account>:<name>."
  const noUrl =
    "is not the URL of a queue ('receipts'): it has no name at its end. Write https://sqs.<region>.amazonaws.com/<account>/<name>."

  test.each([
    [
      stock,
      'https://sqs.test/1/stock',
      "queue 'stock' is declared as FIFO, but 'stock' is not: its name does not end in '.fifo'. Correct locate, or the declaration's fifo.",
    ],
    [
      receipts,
      'receipts.fifo',
      "queue 'receipts' is declared as standard, but 'receipts.fifo' is a FIFO one: its name ends in '.fifo'. Correct locate, or the declaration's fifo.",
    ],
    [
      receipts,
      'arn:aws:sns:eu-central-1:444444444444:receipts',
      `locate: 'arn:aws:sns:eu-central-1:444444444444:receipts' ${noArn}`,
    ],
    [receipts, 'arn:aws:sqs:eu-central-1:444444444444', `locate: 'arn:aws:sqs:eu-central-1:444444444444' ${noArn}`],
    [receipts, 'arn:aws:sqs::444444444444:receipts', `locate: 'arn:aws:sqs::444444444444:receipts' ${noArn}`],
    [
      receipts,
      'arn:aws:sqs:us-east-1:444444444444:receipts',
      "locate: arn:aws:sqs:us-east-1:444444444444:receipts is in us-east-1, and this connection is to eu-central-1. Use one made by connect({ region: 'us-east-1' }).",
    ],
    [receipts, 'https://sqs.test/1/', `locate: 'https://sqs.test/1/' ${noUrl}`],
    [receipts, 'https://sqs.test', `locate: 'https://sqs.test' ${noUrl}`],
    [receipts, 'my queue', `queue 'receipts': 'my queue' ${noName}`],
    [receipts, 'x'.repeat(81), `queue 'receipts': '${'x'.repeat(60)}…' ${noName}`],
    [
      receipts,
      'localhost:4566/1/receipts',
      `queue 'receipts': 'localhost:4566/1/receipts' ${noName} A URL begins with 'https://', an ARN with 'arn:'.`,
    ],
  ])('%o located at %s is refused', async (declared, located, message) => {
    const { connection } = connectTo([], { locate: () => located })
    await expect(connection.queue(declared)).rejects.toThrow(new OptionsError(message))
  })
})

describe('locate', () => {
  const calledFor = "locate, called for queue 'receipts',"

  test.each([
    [null, 'null'],
    ['', "''"],
    [5, '5'],
    [{ url: 'https://sqs.test/1/receipts' }, 'an object'],
    [new URL('https://sqs.test/1/receipts'), 'a URL'],
    [Promise.resolve('receipts'), 'a Promise'],
  ])('that returns %o is refused', async (located, quoted) => {
    const { connection } = connectTo([], { locate: () => located as never })
    const message = `${calledFor} returned ${quoted}. Return a name, URL or ARN, or undefined for its own name.`
    await expect(connection.queue(receipts)).rejects.toThrow(new OptionsError(message))
  })

  test.each([
    [
      new TypeError("Cannot read properties of undefined (reading 'url')"),
      "Cannot read properties of undefined (reading 'url')",
    ],
    ['no such place', 'no such place'],
  ])('that throws %o is named, with what it was called for', async (cause, text) => {
    const locate = () => {
      throw cause
    }
    const { connection } = connectTo([], { locate })
    await expect(connection.queue(receipts)).rejects.toMatchObject({
      name: 'OptionsError',
      message: `${calledFor} threw: ${text}`,
      cause,
    })
  })
})

describe('a topic', () => {
  test("has its ARN from the region and the credentials' account, asked once", async () => {
    const { connection, asked } = connectTo([], { namePrefix: 'dev-' })
    expect(await connection.topic(orders)).toEqual({
      name: 'orders',
      arn: 'arn:aws:sns:eu-central-1:111111111111:dev-orders.fifo',
      fifo: true,
    })
    await Promise.all([connection.topic({ name: 'a', fifo: false }), connection.topic({ name: 'b', fifo: false })])
    expect(asked).toEqual(['account'])
    expect(connection.topicName(orders)).toBe('dev-orders.fifo')
  })

  test('needs no look-up where the account is known', async () => {
    const given = connectTo([], { accountId: '333333333333' })
    expect(await given.connection.topic(orders)).toMatchObject({
      arn: 'arn:aws:sns:eu-central-1:333333333333:orders.fifo',
    })
    expect(given.asked).toEqual([])

    const found = connectTo(['receipts'])
    await found.connection.queue(receipts)
    expect(await found.connection.topic(orders)).toMatchObject({
      arn: 'arn:aws:sns:eu-central-1:222222222222:orders.fifo',
    })
    expect(found.asked).toEqual(['receipts'])
  })

  test('is not looked for in another account that one of the queues is located in', async () => {
    const { connection } = connectTo(['receipts'], {
      locate: ({ kind }) => (kind === 'queue' ? 'arn:aws:sqs:eu-central-1:444444444444:receipts' : undefined),
    })
    await connection.queue(receipts)
    expect(await connection.topic(orders)).toMatchObject({ arn: 'arn:aws:sns:eu-central-1:111111111111:orders.fifo' })
  })

  test.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-east-1', 'aws'],
  ])('in %s is in the partition %s', async (region, partition) => {
    const { connection } = connectTo([], { region: async () => region })
    expect(await connection.topic(orders)).toMatchObject({
      arn: `arn:${partition}:sns:${region}:111111111111:orders.fifo`,
    })
  })

  test('located by ARN is that one', async () => {
    const arn = 'arn:aws:sns:eu-central-1:444444444444:theirs.fifo'
    const { connection, asked } = connectTo([], { locate: () => arn })
    expect(await connection.topic(orders)).toEqual({ name: 'orders', arn, fifo: true })
    expect(asked).toEqual([])
  })

  test('located in another region is refused', async () => {
    const { connection } = connectTo([], { locate: () => 'arn:aws:sns:us-east-1:444444444444:theirs.fifo' })
    await expect(connection.topic(orders)).rejects.toThrow(
      new OptionsError(
        "locate: arn:aws:sns:us-east-1:444444444444:theirs.fifo is in us-east-1, and this connection is to eu-central-1. Use one made by connect({ region: 'us-east-1' }).",
      ),
    )
  })

  test('has no URL', async () => {
    const { connection } = connectTo([], { locate: () => 'https://sns.test/orders.fifo' })
    await expect(connection.topic(orders)).rejects.toThrow(
      new OptionsError(
        "locate: 'https://sns.test/orders.fifo': a topic ('orders') has no URL. Write its name or its ARN.",
      ),
    )
  })

  test.each([
    [
      'arn:aws:sqs:eu-central-1:444444444444:orders.fifo',
      "locate: 'arn:aws:sqs:eu-central-1:444444444444:orders.fifo' is not the ARN of a topic ('orders'). Write arn:aws:sns:<region>:<account>:<name>.",
    ],
    [
      'arn:aws:sns:eu-central-1:444444444444:orders.fifo:0c4a-1f',
      "locate: 'arn:aws:sns:eu-central-1:444444444444:orders.fifo:0c4a-1f' is not the ARN of a topic ('orders'). Write arn:aws:sns:<region>:<account>:<name>.",
    ],
    [
      'orders',
      "topic 'orders' is declared as FIFO, but 'orders' is not: its name does not end in '.fifo'. Correct locate, or the declaration's fifo.",
    ],
    [
      'my orders.fifo',
      "topic 'orders': 'my orders.fifo' can't be its name in AWS. Names are letters, digits, '-' and '_', '.fifo' at the end if it is one, at most 256 characters.",
    ],
  ])('located at %s is refused', async (located, message) => {
    const { connection } = connectTo([], { locate: () => located })
    await expect(connection.topic(orders)).rejects.toThrow(new OptionsError(message))
  })
})

test('close() closes once', async () => {
  const { connection, asked } = connectTo([])
  await Promise.all([connection.close(), connection.close()])
  await connection[Symbol.asyncDispose]()
  expect(asked).toEqual(['close'])
})

import { once } from 'node:events'
import { connect as tcpConnect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { embedded } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const QUEUE = { name: 'receipts', fifo: false }
const CALL = { timeout: 5_000 }

/** The error code of a TCP connection to it, or undefined when it is accepted. */
async function refusal(host: string, port: number): Promise<unknown> {
  const socket = tcpConnect({ host, port })
  try {
    await once(socket, 'connect')
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  } finally {
    socket.destroy()
  }
}

describe('an embedded backend', () => {
  test('is a connection to SQS and SNS', async () => {
    await using aws = await embedded()
    await aws.admin.createQueue(aws.queueName(QUEUE), {})
    const queue = await aws.queue(QUEUE)
    await aws.sqs.send(queue, [{ body: 'hello', attributes: {} }], CALL)
    const received = await aws.sqs.receive(queue, { max: 10, wait: 1, visibilityTimeout: 30 }, CALL)
    expect(received.map(({ body }) => body)).toEqual(['hello'])
    await aws.admin.createTopic('orders', {})
    expect(await aws.admin.topicAttributes((await aws.topic({ name: 'orders', fifo: false })).arn)).toBeDefined()
  })

  test('is an account of its own', async () => {
    await using one = await embedded()
    await using other = await embedded()
    await one.admin.createQueue('receipts', {})
    expect(await one.admin.findQueue('receipts')).toBeDefined()
    expect(await other.admin.findQueue('receipts')).toBeUndefined()
  })

  test('listens on 127.0.0.1 only', async () => {
    await using aws = await embedded()
    const port = Number(new URL(aws.endpoint).port)
    expect(new URL(aws.endpoint).hostname).toBe('127.0.0.1')
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
    for (const { address } of others) expect(await refusal(address, port)).toBe('ECONNREFUSED')
  })

  test('opens more connections to the same account, each with its own prefix', async () => {
    await using aws = await embedded({ namePrefix: 'a-' })
    const second = aws.connect({ namePrefix: 'b-' })
    expect([aws.queueName(QUEUE), second.queueName(QUEUE), aws.connect().queueName(QUEUE)]).toEqual([
      'a-receipts',
      'b-receipts',
      'a-receipts',
    ])
    await second.admin.createQueue('b-receipts', {})
    expect(await aws.admin.findQueue('b-receipts')).toBeDefined()
  })

  test('stops when closed, as often as that is asked', async () => {
    const aws = await embedded()
    await Promise.all([aws.close(), aws.close()])
    expect(await refusal('127.0.0.1', Number(new URL(aws.endpoint).port))).toBe('ECONNREFUSED')
  })

  test('leaves nothing listening when an option is refused', async () => {
    const first = await embedded()
    const port = Number(new URL(first.endpoint).port)
    await first.close()
    await expect(embedded({ port, region: 'no region' })).rejects.toThrow("'no region'")
    expect(await refusal('127.0.0.1', port)).toBe('ECONNREFUSED')
  })

  test('takes the port that it is given', async () => {
    const first = await embedded()
    const port = Number(new URL(first.endpoint).port)
    await first.close()
    await using second = await embedded({ port })
    expect(second.endpoint).toBe(`http://127.0.0.1:${port}`)
  })
})

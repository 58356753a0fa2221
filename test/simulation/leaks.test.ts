import { apply, createConsumer, createProducer, plan } from 'waybill'
import { simulate, type Simulation, VirtualClock } from 'waybill/testing'
import { describe, expect, test } from 'vitest'
import { jobs } from './contracts.ts'

/** A simulation with its queue, on a clock that stands still unless told: what was left behind can then be ended. */
async function begin(clock = new VirtualClock()) {
  const aws = simulate({ clock })
  await apply(await plan(aws, [jobs]))
  return { aws, clock, consumer: () => createConsumer(aws, jobs, { handlers: { job: () => {} } }) }
}

const leftBehind = (what: string) => ({
  name: 'TestingError',
  code: 'left-behind',
  message: `The simulation was closed while something still runs: ${what}. Stop consumers and close producers first.`,
})

/** Closing it finds nothing. */
const expectPeace = (aws: Simulation) => expect(aws.close()).resolves.toBeUndefined()

describe('a simulation can not be closed in peace', () => {
  test('while a consumer polls', async () => {
    const { aws, clock, consumer } = await begin()
    const polling = consumer()
    await polling.start()
    await expect(aws.close()).rejects.toMatchObject(leftBehind("a ReceiveMessage of 'jobs' is open"))
    await clock.until(polling.stop())
  })

  test('while a consumer runs, which listens to signals', async () => {
    const { aws, clock, consumer } = await begin()
    const running = consumer()
    const run = running.run()
    await clock.advance('1s')
    const left = "a ReceiveMessage of 'jobs' is open, SIGINT is listened to, SIGTERM is listened to"
    await expect(aws.close()).rejects.toMatchObject(leftBehind(left))
    await clock.until(running.stop())
    await run
  })

  test('while a producer holds what waits for company', async () => {
    const { aws, clock } = await begin()
    const producer = createProducer(aws, jobs, { linger: '1s', timeout: '2s' })
    const sending = producer.send('job', { n: 1 })
    await expect(aws.close()).rejects.toMatchObject({ message: expect.stringMatching(/timers? (is|are) pending/) })
    const [sent] = await Promise.all([Promise.allSettled([sending]), clock.until(producer.close())])
    expect(sent).toMatchObject([{ reason: { message: expect.stringContaining('the connection is closed') } }])
  })

  test('while a request is open', async () => {
    const { aws, clock } = await begin()
    const poll = aws.api.sqs.receiveMessage({ QueueUrl: 'jobs', WaitTimeSeconds: 20 })
    await expect(aws.close()).rejects.toMatchObject(leftBehind("a ReceiveMessage of 'jobs' is open"))
    expect(await clock.until(poll)).toEqual({})
  })

  test('while a timer is pending, or several', async () => {
    const one = await begin()
    one.clock.after(1_000, () => {})
    await expect(one.aws.close()).rejects.toMatchObject(leftBehind('a timer is pending'))
    const two = await begin()
    for (const ms of [1, 2]) two.clock.after(ms, () => {})
    await expect(two.aws.close()).rejects.toMatchObject(leftBehind('2 timers are pending'))
  })

  test('while someone listens to SIGTERM or SIGINT', async () => {
    const { aws } = await begin()
    const listener = () => {}
    process.on('SIGTERM', listener)
    await expect(aws.close()).rejects.toMatchObject(leftBehind('SIGTERM is listened to'))
    process.off('SIGTERM', listener)
  })

  test('and what was left can be stopped afterwards, on a clock that moves by itself too', async () => {
    const aws = simulate()
    await apply(await plan(aws, [jobs]))
    const consumer = createConsumer(aws, jobs, { handlers: { job: () => {} } })
    await consumer.start()
    await expect(aws.close()).rejects.toThrow('is open')
    expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
  })

  test('and a clock that was stopped stands still afterwards, too', async () => {
    const aws = simulate()
    aws.clock.after(1, () => {})
    aws.clock.stop()
    await expect(aws.close()).rejects.toThrow('a timer is pending')
    const other = new VirtualClock({ auto: true })
    for (let count = 0; count < 3; count++) await new Promise<void>((resolve) => void other.after(1, resolve))
    expect(aws.clock.timers).toBe(1)
  })

  test('which it says each time it is asked', async () => {
    const { aws, clock } = await begin()
    clock.after(1, () => {})
    await expect(aws.close()).rejects.toThrow('a timer is pending')
    await clock.advance('1s')
    await expect(aws.close()).rejects.toThrow('a timer is pending')
  })
})

describe('a simulation is closed in peace', () => {
  test('when everything has ended, however often', async () => {
    const { aws, clock, consumer } = await begin()
    const ending = consumer()
    const run = ending.run()
    const producer = createProducer(aws, jobs)
    await clock.until(producer.send('job', { n: 1 }))
    await clock.until(Promise.all([ending.stop(), producer.close(), run]))
    await expect(Promise.all([aws.close(), aws.close()])).resolves.toBeDefined()
  })

  test('when a consumer or producer was made and never used', async () => {
    const { aws, consumer } = await begin()
    consumer()
    createProducer(aws, jobs)
    await expectPeace(aws)
  })

  test('when the last request was only just called off', async () => {
    const { aws } = await begin()
    const controller = new AbortController()
    const poll = aws.sqs.receive(
      await aws.queue(jobs),
      { max: 1, wait: 20, visibilityTimeout: 30 },
      { timeout: 30_000, signal: controller.signal },
    )
    controller.abort()
    const [cut] = await Promise.all([Promise.allSettled([poll]), expectPeace(aws)])
    expect(cut).toMatchObject([{ reason: { code: 'aborted' } }])
  })

  test('when timers and listeners were there before', async () => {
    const clock = new VirtualClock()
    clock.after(1, () => {})
    const listener = () => {}
    process.on('SIGINT', listener)
    const { aws } = await begin(clock)
    await expectPeace(aws)
    process.off('SIGINT', listener)
  })
})

describe('of simulations', () => {
  test('that share a clock, only the last to close answers for its timers', async () => {
    const clock = new VirtualClock()
    const [one, other] = [await begin(clock), await begin(clock)]
    clock.after(1, () => {})
    await expectPeace(one.aws)
    await expect(other.aws.close()).rejects.toMatchObject(leftBehind('a timer is pending'))
  })

  test('that run side by side, one does not answer for the consumer of another', async () => {
    const [one, other] = [await begin(), await begin()]
    const running = one.consumer()
    const run = running.run()
    await one.clock.advance('1s')
    await expectPeace(other.aws)
    await one.clock.until(running.stop())
    await run
    await expectPeace(one.aws)
  })
})

describe('await using', () => {
  test('ends what was made last first, so that nothing is left behind', async () => {
    const states: string[] = []
    {
      await using aws = simulate()
      await apply(await plan(aws, [jobs]))
      const handlers = { job: () => {} }
      await using consumer = createConsumer(aws, jobs, { handlers, on: { state: ({ to }) => states.push(to) } })
      await consumer.start()
    }
    expect(states).toEqual(['starting', 'running', 'stopping', 'stopped'])
  })

  test('keeps the error that a test failed with', async () => {
    const failing = async () => {
      await using aws = simulate()
      await apply(await plan(aws, [jobs]))
      await using consumer = createConsumer(aws, jobs, { handlers: { job: () => {} } })
      await consumer.start()
      throw new Error('the test failed')
    }
    await expect(failing()).rejects.toThrow('the test failed')
  })
})

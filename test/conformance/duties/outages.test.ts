import { expect } from 'vitest'
import { createConsumer, SqsError } from 'waybill'
import { fail, type Failure } from 'waybill/testing'
import { jobs, sendJobs } from '../support/contracts.ts'
import { simulatedDuty } from '../support/duty.ts'

const OUTAGES: readonly Failure[] = ['over-limit', 'kms-throttled', 'throttled', 'queue-missing', 'access-denied']

for (const outage of OUTAGES)
  simulatedDuty(
    144,
    `an hour of ${outage} is told of and waited out with few polls, at random distances`,
    async ({ aws, clock, lines, provision }) => {
      await provision(jobs)
      const faults: unknown[] = []
      const handled: number[] = []
      await using consumer = createConsumer(aws, jobs, {
        on: { fault: ({ call, error }) => void faults.push([call, error]) },
        handlers: { job: ({ n }) => void handled.push(n) },
      })
      using _ = clock.startAtEnd()
      // ends, so that a hot loop is counted and not for ever
      const failing = aws.faults.on('receive', fail(outage), { times: 1_000 })
      await consumer.start()
      await clock.until(sendJobs(aws, 1))
      await clock.advance('1h')
      const polls = aws.requests.filter(({ kind }) => kind === 'receive').map(({ at }) => at)
      expect(polls.length).toBeLessThan(200)
      expect(polls.length).toBeGreaterThan(60)
      const distances = polls.map((at, index) => at - (polls[index - 1] ?? 0)).slice(10)
      expect(Math.max(...distances)).toBeLessThanOrEqual(60_000)
      expect(new Set(distances).size).toBeGreaterThan(distances.length / 2)
      expect(faults).toEqual(polls.map(() => ['receive', expect.any(SqsError)]))
      const told = lines.filter(({ message }) => message.startsWith('receive failed'))
      expect(told.length).toBeGreaterThan(3)
      expect(told.length).toBeLessThan(10)
      // what somebody has to mend is an error
      const level = outage === 'queue-missing' || outage === 'access-denied' ? 'error' : 'warn'
      expect(new Set(told.map((line) => line.level))).toEqual(new Set([level]))
      failing[Symbol.dispose]()
      await clock.advance('2m')
      expect(handled).toEqual([0])
    },
  )

simulatedDuty(144, 'a consumer of a queue that is missing does not start, and says which', async ({ aws }) => {
  const consumer = createConsumer(aws, jobs, { handlers: { job: () => {} } })
  await expect(consumer.start()).rejects.toThrow(/found no queue 'jobs'/)
  expect(consumer.state).toBe('stopped')
  expect(aws.requests.map(({ action }) => action)).toEqual(['GetQueueUrl'])
})

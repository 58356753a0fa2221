import { VirtualClock, simulate, type Simulation } from '@waybill/testing'
import { describe } from 'vitest'
import { apply, type Declaration, plan } from 'waybill'
import { capturedLog, type Line } from '../../../packages/consumer/test/support/captured-log.ts'
import { subjects } from './subjects.ts'
import { optionsOn, testOn, titleOf } from './test-on.ts'
import { type Workplace, workplace } from './workplace.ts'

interface SimulatedWorkplace {
  /** Its clock stands still unless told. */
  readonly aws: Simulation<VirtualClock>
  readonly clock: VirtualClock
  readonly lines: readonly Line[]
  readonly provision: Workplace['provision']
}

type Duty<Place> = (number: number, what: string, run: (place: Place) => Promise<void>) => void

const CHAPTER = 'Duties of Waybill'

// here, not in a describe: vitest wants fixtures of a file there
const tests = subjects.map((subject) => {
  const test = testOn(subject).extend('place', ({ backend }, { onCleanup }) => {
    const place = workplace(backend.connect)
    onCleanup(() => place[Symbol.asyncDispose]())
    return place
  })
  return { subject, test }
})

/** What Waybill must do, by its number in `conformance-cases`: shown on every backend that this run has. */
export const duty: Duty<Workplace> = (number, what, run) => {
  for (const { subject, test } of tests)
    describe.concurrent(`${CHAPTER} (${titleOf(subject)})`, () => {
      test(`case ${number}: ${what}`, optionsOn(subject, { asks: 'waybill', chapter: CHAPTER }), ({ place }) =>
        run(place),
      )
    })
}

/** What takes faults, or hours: shown on the simulator alone, which has them. */
export const simulatedDuty: Duty<SimulatedWorkplace> = (number, what, run) => {
  for (const { subject, test } of tests.filter((each) => each.subject.name === 'simulator'))
    describe.concurrent(`${CHAPTER} (${titleOf(subject)})`, () => {
      test(`case ${number}: ${what}`, optionsOn(subject, { asks: 'waybill', chapter: CHAPTER }), async () => {
        const clock = new VirtualClock()
        const { lines, logger } = capturedLog()
        await using aws = simulate({ clock, logger })
        const provision = async (...declarations: readonly Declaration[]) =>
          void (await apply(await plan(aws, declarations)))
        await run({ aws, clock, lines, provision })
      })
    })
}

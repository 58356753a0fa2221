import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'

const ring = (clock: VirtualClock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))

/** What a process of its own prints; it has to end by itself. */
async function run(script: string): Promise<string> {
  const code = `import { simulate, VirtualClock } from '@waybill/testing'\n${script}`
  const options = { cwd: import.meta.dirname, timeout: 20_000 }
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], options)).stdout
}

test('moves on by itself when nothing else happens', async () => {
  const clock = new VirtualClock({ auto: true })
  await ring(clock, 3_600_000)
  await ring(clock, 3_600_000)
  expect(clock.now()).toBe(7_200_000)
})

test('lets promises settle between timers, of one time too', async () => {
  const clock = new VirtualClock({ auto: true })
  const rung: string[] = []
  const first = ring(clock, 10).then(() => {
    rung.push('first')
    second.cancel()
  })
  const second = clock.after(10, () => rung.push('second'))
  await Promise.all([first, ring(clock, 10)])
  expect(rung).toEqual(['first'])
})

test('stands still while advance passes time, and moves on afterwards', async () => {
  const clock = new VirtualClock({ auto: true })
  const later = ring(clock, 3_600_000)
  clock.after(10, () => {
    // so long that time would move on
    const end = performance.now() + 3
    while (performance.now() < end);
  })
  await clock.advance('1s')
  expect(clock.now()).toBe(1_000)
  await later
  expect(clock.now()).toBe(3_600_000)
})

test('stands still once it is stopped, and can then be led', async () => {
  const clock = new VirtualClock({ auto: true })
  const rung = ring(clock, 10)
  clock.stop()
  const other = new VirtualClock({ auto: true })
  for (let count = 0; count < 3; count++) await ring(other, 10)
  expect({ now: clock.now(), timers: clock.timers }).toEqual({ now: 0, timers: 1 })
  await clock.until(rung)
  expect(clock.now()).toBe(10)
})

test('says when it is stopped whether it moved', () => {
  const clock = new VirtualClock()
  expect(clock.stop()).toBe(false)
  clock.start()
  expect([clock.stop(), clock.stop()]).toEqual([true, false])
})

test('rings nothing more when it is stopped among timers of one time', async () => {
  const clock = new VirtualClock({ auto: true })
  const rung: string[] = []
  await new Promise<void>((resolve) => {
    clock.after(10, () => {
      clock.stop()
      resolve()
    })
    clock.after(10, () => rung.push('other'))
  })
  await ring(new VirtualClock({ auto: true }), 10)
  expect(rung).toEqual([])
})

test('a timer that never rings does not end time', async () => {
  const clock = new VirtualClock({ auto: true })
  clock.after(Infinity, () => {})
  await ring(clock, 10)
  expect(clock.now()).toBe(10)
})

test('keeps no process alive while it has no timer, nor when its simulation is closed', async () => {
  const printed = await run(`
    new VirtualClock({ auto: true }).after(1e9, () => console.log('rung')).cancel()
    const aws = simulate()
    const again = () => aws.clock.after(1e9, again)
    again()
    await aws.close().catch(({ code }) => console.log(code))
  `)
  expect(printed).toBe('left-behind\n')
})

test('goes on after a timer that throws, which is an uncaught exception as with real timers', async () => {
  const printed = await run(`
    process.on('uncaughtException', ({ message }) => console.log(message))
    const clock = new VirtualClock({ auto: true })
    clock.after(10, () => { throw new Error('broken') })
    clock.after(10, () => console.log('same time'))
    clock.after(20, () => console.log('next'))
  `)
  expect(printed).toBe('broken\nsame time\nnext\n')
})

test('a clock that stands still moves by itself once it is started, and stands still again once it is stopped', async () => {
  const clock = new VirtualClock()
  const rung = Promise.withResolvers<void>()
  clock.after(3_600_000, rung.resolve)
  clock.start()
  clock.start()
  await rung.promise
  expect(clock.now()).toBe(3_600_000)
  clock.stop()
  clock.after(1, () => expect.unreachable('it rang by itself'))
  clock.after(0, () => expect.unreachable('it rang by itself'))
  await new Promise((resolve) => void setTimeout(resolve, 10))
  expect(clock.timers).toBe(2)
})

test('a clock that starts at the end of a block starts when the block fails, too', async () => {
  const clock = new VirtualClock()
  const failing = async () => {
    await using _stopping = { [Symbol.asyncDispose]: () => ring(clock, 20_000) }
    using _end = clock.startAtEnd()
    throw new Error('the assertion')
  }
  await expect(failing()).rejects.toThrow('the assertion')
  expect(clock.now()).toBe(20_000)
})

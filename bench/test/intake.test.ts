import { afterEach, expect, test, vi } from 'vitest'
import type { Body } from '../src/contracts/body.ts'
import { contracts } from '../src/contracts/index.ts'
import { createIntake } from '../src/intake.ts'

class Exit extends Error {}

const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
  throw new Exit()
})
const said = vi.spyOn(console, 'error').mockReturnValue()
afterEach(() => {
  vi.clearAllMocks()
  vi.useRealTimers()
})

const body = (n: number): Body => contracts.order.make(n, 0)
/** Two messages of one group. */
const [first, second] = [body(0), body(1_000)]
const WINDOW = { warmUp: 1, messages: 9_999 }

test('tells what the window cost once all are handled, in whatever order', async () => {
  const intake = createIntake({ warmUp: 1, messages: 2 })
  for (const n of [2, 0, 1]) await intake.handle(body(n))
  expect(await intake.done).toMatchObject({ messages: 2 })
  expect(exit).not.toHaveBeenCalled()
})

test.each([
  ['comes twice', 1, 'Message 1 came twice.'],
  ['is none of them', 10_000, 'Message 10000 is none of 10000.'],
])('ends the process when a message %s', async (_, n, what) => {
  const intake = createIntake(WINDOW)
  await intake.handle(body(1))
  await expect(intake.handle(body(n))).rejects.toBeInstanceOf(Exit)
  expect(said).toHaveBeenCalledWith(what)
})

test('ends the process when messages of a group are handled side by side', async () => {
  const intake = createIntake({ ...WINDOW, fifo: true })
  const handling = intake.handle(first)
  await expect(intake.handle(second)).rejects.toBeInstanceOf(Exit)
  await handling
})

test('ends the process when a message of a group overtakes', async () => {
  const intake = createIntake({ ...WINDOW, fifo: true })
  await intake.handle(second)
  await expect(intake.handle(first)).rejects.toBeInstanceOf(Exit)
  expect(said).toHaveBeenCalledWith('Message 0 came out of its order.')
})

test('ends the process when nothing comes for five minutes', async () => {
  vi.useFakeTimers()
  const intake = createIntake(WINDOW)
  vi.advanceTimersByTime(5 * 60_000)
  await intake.handle(body(0))
  vi.advanceTimersByTime(5 * 60_000)
  expect(() => vi.advanceTimersByTime(5 * 60_000)).toThrow(Exit)
  expect(said).toHaveBeenCalledWith('Nothing was handled for 5 min, after 1 of 10000.')
})

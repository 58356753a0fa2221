import { checkListener, checkListeners, OptionsError } from '@waybill/core'
import { expect, test } from 'vitest'

const NAMES = ['batch', 'settled']
const listener = () => {}

test('listeners are functions by the names of events, and may be left out', () => {
  for (const on of [{}, { batch: listener }, { batch: undefined, settled: listener }])
    expect(() => checkListeners(on, NAMES)).not.toThrow()
  expect(() => checkListener('batch', listener, NAMES)).not.toThrow()
})

test.each([
  [null, 'on: null is not an object of listeners. Write { batch: (event) => … }.'],
  [listener, 'on: a function is not an object of listeners. Write { batch: (event) => … }.'],
  [[listener], 'on: an array is not an object of listeners. Write { batch: (event) => … }.'],
  [{ batch: 'log' }, "on.batch: 'log' is not a function. Write batch: (event) => …"],
  [{ batch: null }, 'on.batch: null is not a function. Write batch: (event) => …'],
  [{ setled: listener }, "on: 'setled' is not an event. Did you mean settled?"],
  [{ error: listener }, "on: 'error' is not an event. The events are batch, settled."],
  [{ error: undefined }, "on: 'error' is not an event. The events are batch, settled."],
])('the option on: %o is refused', (on, message) => {
  expect(() => checkListeners(on, NAMES)).toThrow(new OptionsError(message))
})

test.each([
  ['batch', undefined, 'on.batch: undefined is not a function. Write batch: (event) => …'],
  ['batches', listener, "on: 'batches' is not an event. Did you mean batch?"],
  ['error', listener, "on: 'error' is not an event. The events are batch, settled."],
  [listener, undefined, 'on: a function is not an event. The events are batch, settled.'],
  [Symbol('batch'), listener, 'on: Symbol(batch) is not an event. The events are batch, settled.'],
])('on(%o, %o) is refused', (name, given, message) => {
  expect(() => checkListener(name, given, NAMES)).toThrow(new OptionsError(message))
})

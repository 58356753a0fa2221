import { Events } from '@waybill/core'
import { describe, expect, test } from 'vitest'

interface Map {
  readonly started: { readonly id: string }
  readonly stopped: { readonly left: number }
}

function rig() {
  const errors: [keyof Map, unknown][] = []
  const events = new Events<Map>((name, error) => errors.push([name, error]))
  return { errors, events }
}

describe('events', () => {
  test('reach every listener of their name, in the order they came', () => {
    const { events } = rig()
    const heard: string[] = []
    events.on('started', ({ id }) => heard.push(`first ${id}`))
    events.on('started', ({ id }) => heard.push(`second ${id}`))
    events.on('stopped', () => heard.push('stopped'))
    events.emit('started', { id: 'a' })
    expect(heard).toEqual(['first a', 'second a'])
  })

  test('no longer reach a listener that was disposed of', () => {
    const { events } = rig()
    const heard: string[] = []
    const listening = events.on('started', ({ id }) => heard.push(id))
    events.emit('started', { id: 'a' })
    listening[Symbol.dispose]()
    events.emit('started', { id: 'b' })
    expect(heard).toEqual(['a'])
  })

  test('go on to the next listener when one throws, which is reported', () => {
    const { errors, events } = rig()
    const heard: number[] = []
    const error = new Error('oops')
    events.on('stopped', () => {
      throw error
    })
    events.on('stopped', ({ left }) => heard.push(left))
    events.emit('stopped', { left: 3 })
    expect([heard, errors]).toEqual([[3], [['stopped', error]]])
  })

  test('need no listener', () => {
    const { errors, events } = rig()
    events.emit('stopped', { left: 0 })
    expect(errors).toEqual([])
  })
})

import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'
import { Agenda } from '../src/agenda.ts'
import type { Link } from '../src/linked-list.ts'

interface Element {
  readonly name: string
  at: number
}

function rig() {
  const clock = new VirtualClock()
  const told: [at: number, names: string][] = []
  const links = new Map<Element, Link<Element>>()
  const agenda = new Agenda<Element>(
    clock,
    ({ at }) => at,
    (due) => {
      told.push([clock.now(), due.map(({ name }) => name).join(' ')])
      for (const element of due) remove(element)
    },
  )
  const add = (element: Element) => void links.set(element, agenda.add(element))
  function remove(element: Element) {
    const link = links.get(element)
    if (link) agenda.delete(link)
  }
  return { agenda, clock, told, add, remove }
}

test('what is due is told at its time, in the order it was added, with one timer for all', async () => {
  const { agenda, clock, told, add } = rig()
  for (const [name, at] of [
    ['late', 30],
    ['a', 10],
    ['b', 10],
  ] as const)
    add({ name, at })
  expect([agenda.size, clock.timers]).toEqual([3, 1])
  await clock.advance('1s')
  expect(told).toEqual([
    [10, 'a b'],
    [30, 'late'],
  ])
  expect([agenda.size, clock.timers]).toEqual([0, 0])
})

test('a time that has come closer is noted when that is told', async () => {
  const { agenda, clock, told, add } = rig()
  const element = { name: 'a', at: 100 }
  add(element)
  element.at = 20
  agenda.hasten(element)
  await clock.advance('1s')
  expect(told).toEqual([[20, 'a']])
})

test('without elements no timer runs', () => {
  const { clock, add, remove } = rig()
  const element = { name: 'a', at: 100 }
  add(element)
  remove(element)
  expect(clock.timers).toBe(0)
})

test('nor when the last ones go while others are told', async () => {
  const clock = new VirtualClock()
  const agenda: Agenda<number> = new Agenda(
    clock,
    (at) => at,
    () => links.forEach((link) => agenda.delete(link)),
  )
  const links = [10, 20].map((at) => agenda.add(at))
  await clock.advance('10ms')
  expect([agenda.size, clock.timers]).toEqual([0, 0])
})

test('a crowd is looked through only now and then: it is told late by a millisecond for each thousand', async () => {
  const { clock, told, add } = rig()
  for (let at = 1; at <= 10_000; at++) add({ name: '', at })
  await clock.advance('100ms')
  const times = told.map(([at]) => at)
  expect(times.slice(0, 4)).toEqual([1, 11, 20, 29])
  expect(told.flatMap(([, names]) => names.split(' '))).toHaveLength(times.at(-1) ?? 0)
})

import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { CONSUMER } from '../src/consumer-state.ts'
import { DELIVERY } from '../src/held-delivery.ts'
import { LANE } from '../src/lane.ts'
import { after } from '../src/transitions.ts'

const docs = await readFile(new URL('../../../docs/internals/consumer.md', import.meta.url), 'utf8')

type Table = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>

/** `from --> to: event`, as the diagrams write it. */
const lines = (transitions: Table): string[] =>
  Object.entries(transitions).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `${from} --> ${to}: ${event}`),
  )

describe.each<[name: string, first: string, transitions: Table]>([
  ['consumer', 'idle', CONSUMER],
  ['lane', 'queued', LANE],
  ['delivery', 'waiting', DELIVERY],
])('the state machine of a %s', (name, first, transitions) => {
  test('is the one that docs/internals draws', () => {
    const [, drawn = ''] = new RegExp(`<!-- states: ${name} -->\\n\`\`\`mermaid\\n(.*?)\`\`\``, 's').exec(docs) ?? []
    const [head, start, ...rest] = drawn
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
    expect([head, start]).toEqual(['stateDiagram-v2', `[*] --> ${first}`])
    expect(rest).toEqual(lines(transitions))
  })

  test('reaches every state', () => {
    const reached = new Set([first, ...Object.values(transitions).flatMap((events) => Object.values(events))])
    expect(reached).toEqual(new Set(Object.keys(transitions)))
  })
})

test('an event that a state does not know is a bug, and says so', () => {
  expect(() => after(DELIVERY, 'lost', 'start')).toThrow("Bug: there is no 'start' from the state 'lost'.")
})

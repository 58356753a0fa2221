import { describe, expect, test } from 'vitest'
import { check } from '../src/check.ts'
import type { Evidence } from '../src/checks/evidence.ts'
import type { QueueName } from '../src/contracts.ts'
import type { Entry } from '../src/ledger.ts'
import { goodRun, handledIn, handling, WORKER } from './made-up-run.ts'

function failing(evidence: Evidence): string[] {
  return check(evidence)
    .filter(({ holds }) => !holds)
    .map(({ check: name }) => name)
}

function killed(queue: QueueName, inFlight: number | null, worker: number = WORKER[queue]): Entry {
  return { kind: 'killed', at: 50, queue, worker, inFlight }
}

function firstHandledIn(queue: QueueName, entries: readonly Entry[]) {
  const [first] = handledIn(queue, entries)
  if (!first) throw new Error('The made-up run is empty.')
  return first
}

/** The paid and the cancelled message of an order that was cancelled, as the stock worker handled them. */
function cancelledOrder(entries: readonly Entry[]) {
  const stock = handledIn('stock', entries)
  const cancelled = stock.find(({ type }) => type === 'order.cancelled')
  const paid = stock.find(({ order, type }) => order === cancelled?.order && type === 'order.paid')
  if (!paid || !cancelled) throw new Error('The made-up run has no cancelled order.')
  return { paid, cancelled }
}

describe('a run in which all went well', () => {
  test('every check holds', () => {
    expect(failing(goodRun())).toEqual([])
  })

  test('nothing happened: what needs something fails', () => {
    const run = goodRun()
    const nothing = {
      ...run,
      entries: [],
      deadLetters: [
        { queue: 'stock' as const, order: undefined, sqsMessageId: undefined, attempts: undefined, reason: undefined },
      ],
      left: { receipts: 1, stock: 0, recommendations: 0 },
    }
    expect(failing(nothing)).toEqual([
      'every order was published',
      'receipts-dead-letter: the malformed message',
      'stock-dead-letter: nothing',
      'nothing is left in any queue',
      'the slow consumer slowed neither the producer nor the others',
    ])
  })
})

describe('publishing', () => {
  const CHECK = 'every order was published'

  test('that did not end', () => {
    const run = goodRun()
    const entries = run.entries.filter(({ kind }) => kind !== 'publishing-finished')
    expect(failing({ ...run, entries })).toEqual([CHECK])
    expect(failing({ ...run, entries, stoppedEarly: true })).toEqual(['publishing ended where it was stopped'])
  })

  test('of fewer orders, or of more', () => {
    expect(failing({ ...goodRun(), orders: 31 })).toEqual([CHECK])
    expect(failing({ ...goodRun(), orders: 29 })).toEqual([CHECK])
    expect(failing({ ...goodRun(), orders: 31, stoppedEarly: true })).toEqual([])
    expect(failing({ ...goodRun(), orders: 29, stoppedEarly: true })).toEqual(['publishing ended where it was stopped'])
  })
})

describe('receipts', () => {
  test('one that was not sent', () => {
    const run = goodRun()
    const lost = firstHandledIn('receipts', run.entries)
    expect(failing({ ...run, entries: run.entries.filter((entry) => entry !== lost) })).toEqual([
      'each receipt was sent exactly once',
    ])
  })

  test('one that was sent twice', () => {
    const run = goodRun()
    run.entries.push(...handling('receipts', firstHandledIn('receipts', run.entries), 31))
    expect(failing(run)).toEqual(['each receipt was sent exactly once'])
  })

  test('one that was sent again after the kill of the worker that had sent it is counted', () => {
    const run = goodRun()
    run.entries.push(killed('receipts', 2), ...handling('receipts', firstHandledIn('receipts', run.entries), 60, 201))
    expect(check(run)).toContainEqual({
      check: 'each receipt was sent exactly once',
      holds: true,
      found: '30 of 30; 1 again, of 2 in flight at the kill of 101',
    })
  })

  test('one that was sent again after the kill of another worker', () => {
    const run = goodRun()
    run.entries.push(
      killed('receipts', 2, 202),
      ...handling('receipts', firstHandledIn('receipts', run.entries), 60, 201),
    )
    expect(failing(run)).toEqual(['each receipt was sent exactly once'])
  })

  test('one that was sent again before its worker was killed', () => {
    const run = goodRun()
    run.entries.push(...handling('receipts', firstHandledIn('receipts', run.entries), 40, 201), killed('receipts', 2))
    expect(failing(run)).toEqual(['each receipt was sent exactly once'])
  })

  test('more sent again than were in flight at the kill', () => {
    const run = goodRun()
    const [one, two] = handledIn('receipts', run.entries)
    if (!one || !two) throw new Error('The made-up run is too short.')
    run.entries.push(
      killed('receipts', 1),
      ...handling('receipts', one, 60, 201),
      ...handling('receipts', two, 60, 201),
    )
    expect(failing(run)).toEqual(['each receipt was sent exactly once'])
  })

  test('one for an order that nobody published', () => {
    const run = goodRun()
    run.entries.push(...handling('receipts', { type: 'order.paid', order: 'order-9999', message: 'foreign' }, 31))
    expect(failing(run)).toEqual(['each receipt was sent exactly once'])
  })
})

describe('stock', () => {
  const CHECK = "each order's stock messages were handled once, in order"

  test('a cancellation before its payment', () => {
    const run = goodRun()
    const { cancelled, paid } = cancelledOrder(run.entries)
    const entries = run.entries.map((entry) => (entry === paid ? cancelled : entry === cancelled ? paid : entry))
    expect(failing({ ...run, entries })).toEqual([CHECK])
  })

  test('a cancellation that was not handled', () => {
    const run = goodRun()
    const { cancelled } = cancelledOrder(run.entries)
    expect(failing({ ...run, entries: run.entries.filter((entry) => entry !== cancelled) })).toEqual([CHECK])
  })

  test('a cancellation that was handled twice', () => {
    const run = goodRun()
    const { cancelled } = cancelledOrder(run.entries)
    run.entries.push(...handling('stock', cancelled, 60))
    expect(failing(run)).toEqual([CHECK])
  })

  test('a cancellation again, after the kill of another worker than its own', () => {
    const run = goodRun()
    const { cancelled } = cancelledOrder(run.entries)
    run.entries.push(killed('stock', 2, 999), ...handling('stock', cancelled, 60, 201))
    expect(failing(run)).toEqual([CHECK])
  })

  test('a cancellation before its payment, although a worker was killed', () => {
    const run = goodRun()
    const { cancelled, paid } = cancelledOrder(run.entries)
    const entries = run.entries.filter((entry) => entry !== cancelled && entry !== paid)
    entries.push(...handling('stock', cancelled, 40), killed('stock', 2), ...handling('stock', paid, 60, 201))
    expect(failing({ ...run, entries })).toEqual([CHECK])
  })

  test('both again, in order, after a kill', () => {
    const run = goodRun()
    const { cancelled, paid } = cancelledOrder(run.entries)
    run.entries.push(killed('stock', 2), ...handling('stock', paid, 60, 201), ...handling('stock', cancelled, 61, 201))
    expect(failing(run)).toEqual([])
  })

  test('both again, in the wrong order, after a kill', () => {
    const run = goodRun()
    const { cancelled, paid } = cancelledOrder(run.entries)
    run.entries.push(killed('stock', 2), ...handling('stock', cancelled, 60, 201), ...handling('stock', paid, 61, 201))
    expect(failing(run)).toEqual([CHECK])
  })
})

describe('recommendations', () => {
  test('one that was learnt twice', () => {
    const run = goodRun()
    run.entries.push(...handling('recommendations', firstHandledIn('recommendations', run.entries), 295))
    expect(failing(run)).toEqual(['each order was recommended from, or is a dead letter'])
  })

  test('a kill in another queue excuses nothing here', () => {
    const run = goodRun()
    const again = firstHandledIn('recommendations', run.entries)
    run.entries.push(killed('stock', 5, WORKER.recommendations), ...handling('recommendations', again, 295, 203))
    expect(failing(run)).toEqual(['each order was recommended from, or is a dead letter'])
  })

  test('on AWS, whose counts are no proof, what comes again after a kill is only counted', () => {
    const run = goodRun()
    const [one, two] = handledIn('recommendations', run.entries)
    if (!one || !two) throw new Error('The made-up run is too short.')
    run.entries.push(
      killed('recommendations', null),
      ...handling('recommendations', one, 295, 203),
      ...handling('recommendations', two, 296, 203),
    )
    expect(failing(run)).toEqual([])
  })
})

describe('dead letters', () => {
  const FAILED = 'recommendations-dead-letter: the 2 orders in CHF'
  const letter = (queue: QueueName, sqsMessageId: string, order?: string) =>
    ({ queue, order, sqsMessageId, attempts: 3, reason: 'attempts exhausted (3): no price list for CHF' }) as const

  test('the malformed message twice, or another one', () => {
    const run = goodRun()
    const malformed = run.deadLetters.filter(({ queue }) => queue === 'receipts')
    const check1 = 'receipts-dead-letter: the malformed message'
    expect(failing({ ...run, deadLetters: [...run.deadLetters, ...malformed] })).toEqual([check1])
    const other = malformed.map((found) => ({ ...found, sqsMessageId: 'other' }))
    expect(
      failing({ ...run, deadLetters: [...run.deadLetters.filter(({ queue }) => queue !== 'receipts'), ...other] }),
    ).toEqual([check1])
  })

  test('a failing order twice, or one that is in no order at all', () => {
    const run = goodRun()
    const [dead] = run.deadLetters.filter(({ queue }) => queue === 'recommendations')
    const twice = letter('recommendations', 'again', dead?.order)
    expect(failing({ ...run, deadLetters: [...run.deadLetters, twice] })).toEqual([FAILED])
    const foreign = letter('recommendations', 'foreign', 'order-9999')
    const others = run.deadLetters.filter((found) => found !== dead)
    expect(failing({ ...run, deadLetters: [...others, foreign] })).toContain(FAILED)
  })

  test('a failing order that is nowhere', () => {
    const run = goodRun()
    expect(failing({ ...run, deadLetters: run.deadLetters.slice(0, -1) })).toEqual([
      'each order was recommended from, or is a dead letter',
      'recommendations-dead-letter: the 2 orders in CHF',
    ])
  })

  test('an order that was done and is dead', () => {
    const run = goodRun()
    const { order } = firstHandledIn('recommendations', run.entries)
    const more = {
      queue: 'recommendations' as const,
      order,
      sqsMessageId: 'x',
      attempts: 3,
      reason: 'no price list for CHF',
    }
    expect(failing({ ...run, deadLetters: [...run.deadLetters, more] })).toEqual([
      'each order was recommended from, or is a dead letter',
      'recommendations-dead-letter: the 2 orders in CHF',
    ])
  })

  test('one without its reason', () => {
    const run = goodRun()
    const deadLetters = run.deadLetters.map((letter) => ({ ...letter, reason: undefined }))
    expect(failing({ ...run, deadLetters })).toEqual([
      'receipts-dead-letter: the malformed message',
      'recommendations-dead-letter: the 2 orders in CHF',
    ])
  })
})

test.each(['receipts', 'stock', 'recommendations'] as const)('something that is left in %s', (queue) => {
  const run = goodRun()
  expect(failing({ ...run, left: { ...run.left, [queue]: 1 } })).toEqual(['nothing is left in any queue'])
})

describe('the slow consumer', () => {
  const SLOWED = 'the slow consumer slowed neither the producer nor the others'

  test('publishing that ends with the recommendations', () => {
    const run = goodRun()
    const entries = run.entries.map((entry) => (entry.kind === 'publishing-finished' ? { ...entry, at: 290 } : entry))
    expect(failing({ ...run, entries })).toEqual([SLOWED])
  })

  test('stock that finishes with the recommendations', () => {
    const run = goodRun()
    const late = {
      kind: 'settled',
      at: 290,
      queue: 'stock',
      worker: WORKER.stock,
      message: 'm0',
      outcome: 'done',
    } as const
    run.entries.push(late)
    expect(failing(run)).toEqual([SLOWED])
  })

  test('receipts that finish with the recommendations', () => {
    const run = goodRun()
    run.entries.push({
      kind: 'settled',
      at: 290,
      queue: 'receipts',
      worker: WORKER.receipts,
      message: 'm0',
      outcome: 'done',
    })
    expect(failing(run)).toEqual(['the slow consumer slowed neither the producer nor the others'])
  })

  test('receipts that had to wait because their worker was killed are not compared', () => {
    const run = goodRun()
    run.entries.push(killed('receipts', 1), ...handling('receipts', firstHandledIn('receipts', run.entries), 290, 201))
    expect(failing(run)).toEqual([])
  })
})

describe('a run that was stopped early', () => {
  const stoppedAt = (left: number): Evidence => {
    const run = goodRun()
    const unhandled = new Set(handledIn('receipts', run.entries).slice(-5))
    return {
      ...run,
      stoppedEarly: true,
      entries: run.entries.filter((entry) => entry.kind !== 'handled' || !unhandled.has(entry)),
      left: { ...run.left, receipts: left },
    }
  }

  test('what was not handled is still in its queue', () => {
    expect(failing(stoppedAt(5))).toEqual([])
  })

  test('what was handled and not deleted when a worker was killed may be there too', () => {
    const run = stoppedAt(6)
    expect(failing({ ...run, entries: [...run.entries, killed('receipts', 1)] })).toEqual([])
  })

  test('the malformed message may still be in its queue, and failing orders in theirs', () => {
    const run = goodRun()
    const early = { ...run, stoppedEarly: true, deadLetters: [] }
    expect(failing({ ...early, left: { ...run.left, receipts: 1, recommendations: 2 } })).toEqual([])
    expect(failing({ ...early, left: { ...run.left, recommendations: 2 } })).toEqual([
      'receipts-dead-letter: the malformed message',
      'stopped early: what was not handled is in its queue',
    ])
  })

  test.each([4, 6])('%i messages in the queue where 5 were not handled', (left) => {
    expect(failing(stoppedAt(left))).toEqual(['stopped early: what was not handled is in its queue'])
  })
})

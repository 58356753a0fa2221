import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { accepted, batcherRig, refused } from './support/batcher-rig.ts'

const items = (calls: readonly { readonly items: readonly string[] }[]) => calls.map((call) => call.items.join(' '))

describe('a batch closes', () => {
  test('by count, at once', () => {
    const { add, calls } = batcherRig()
    for (const item of ['a', 'b', 'c', 'd']) void add(item)
    expect(calls).toMatchObject([{ items: ['a', 'b', 'c'], reason: 'count', at: 0 }])
  })

  test('by bytes, when the next does not fit', () => {
    const { add, calls } = batcherRig({ maxBytes: 10 })
    for (const item of ['six666', 'six666']) void add(item)
    expect(calls).toMatchObject([{ items: ['six666'], reason: 'bytes', at: 0 }])
  })

  test('by bytes, when it is full to the byte', () => {
    const { add, calls } = batcherRig({ maxBytes: 10 })
    for (const item of ['five5', 'five5']) void add(item)
    expect(calls).toMatchObject([{ items: ['five5', 'five5'], reason: 'bytes' }])
  })

  test('over an item too big for any batch, alone', () => {
    const { add, calls } = batcherRig({ maxBytes: 10 })
    for (const item of ['a', 'far-too-big-for-any', 'b']) void add(item)
    expect(calls).toMatchObject([
      { items: ['a'], reason: 'bytes' },
      { items: ['far-too-big-for-any'], reason: 'bytes' },
    ])
  })

  test('when its oldest item has lingered', async () => {
    const { add, calls, clock } = batcherRig()
    void add('a')
    await clock.advance('3ms')
    void add('b')
    await clock.advance('1ms')
    expect(calls).toEqual([])
    await clock.advance('1ms')
    expect(calls).toMatchObject([{ items: ['a', 'b'], reason: 'linger', at: 5 }])
  })

  test('not by its linger while items are still being added in one turn, however long that takes', async () => {
    const { add, calls, clock } = batcherRig()
    void add('a')
    clock.freeze('50ms')
    void add('b')
    expect(calls).toEqual([])
    void add('c')
    void add('d')
    expect(calls).toMatchObject([{ items: ['a', 'b', 'c'], reason: 'count' }])
    await clock.advance('5ms')
    expect(calls).toMatchObject([{}, { items: ['d'], reason: 'linger' }])
  })

  test('with its turn when its oldest item came after a pause of linger, if the batcher is eager', async () => {
    const { add, calls, clock } = batcherRig({ eager: true, maxInFlight: 10 })
    void add('a')
    void add('b')
    expect(calls).toEqual([])
    await clock.advance('4ms')
    expect(calls).toMatchObject([{ items: ['a', 'b'], reason: 'idle', at: 0 }])
    void add('c')
    await clock.advance('5ms')
    void add('d')
    await clock.advance('0ms')
    expect(calls.slice(1)).toMatchObject([
      { items: ['c'], reason: 'linger', at: 9 },
      { items: ['d'], reason: 'idle', at: 9 },
    ])
  })

  test('with its turn when there is no linger', async () => {
    const { add, calls, clock } = batcherRig({ linger: 0 })
    void add('a')
    void add('b')
    expect(calls).toEqual([])
    await clock.advance('0ms')
    expect(calls).toMatchObject([{ items: ['a', 'b'], reason: 'linger', at: 0 }])
  })

  test('before its oldest item would run out of time: half of that is for the call', async () => {
    const { add, calls, clock } = batcherRig({ linger: 10_000 })
    void add('a', { deadline: 1_000 })
    await clock.advance('499ms')
    expect(calls).toEqual([])
    await clock.advance('1ms')
    expect(calls).toMatchObject([{ items: ['a'], reason: 'linger', at: 500 }])
  })

  test('when the first of its items need not wait: one with little time, or one that is tried again', async () => {
    const { add, calls, clock } = batcherRig({ linger: 1_000, maxCount: 10, maxInFlight: 10 })
    void add('patient')
    await clock.advance('10ms')
    void add('hasty', { deadline: 110 })
    await clock.advance('50ms')
    expect(calls).toMatchObject([{ items: ['patient', 'hasty'], at: 60 }])
    await calls[0]?.answer([refused('now'), accepted('hasty')])
    void add('new')
    await clock.advance('10ms')
    expect(calls[1]).toMatchObject({ items: ['new', 'patient'], at: 70 })
  })

  test('by a flush', () => {
    const { add, batcher, calls } = batcherRig()
    void add('a')
    void batcher.flush()
    expect(calls).toMatchObject([{ items: ['a'], reason: 'flush', at: 0 }])
  })

  test('only while fewer than maxInFlight calls are under way', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1 })
    for (const item of ['a', 'b', 'c']) void add(item)
    await clock.advance('1s')
    expect(items(calls)).toEqual(['a', 'b'])
    await calls[1]?.accept()
    expect(items(calls)).toEqual(['a', 'b', 'c'])
  })
})

describe('an item', () => {
  test('resolves with its own answer, or rejects with its own error', async () => {
    const { add, calls } = batcherRig()
    const error = new Error('no')
    const outcomes = [add('a'), add('b'), add('c')]
    await calls[0]?.answer([accepted('A'), refused('never', false, error), accepted('C')])
    expect(await Promise.all(outcomes)).toEqual(['A', error, 'C'])
  })

  test('that is refused for now is sent again after its back-off, without its neighbours', async () => {
    const { add, calls, clock } = batcherRig()
    const outcomes = [add('a'), add('b'), add('c')]
    await calls[0]?.answer([accepted('A'), refused('now'), accepted('C')])
    await clock.advance('9ms')
    expect(calls).toHaveLength(1)
    await clock.advance('1ms')
    expect(calls[1]).toMatchObject({ items: ['b'], at: 10 })
    await calls[1]?.accept()
    expect(await Promise.all(outcomes)).toEqual(['A', 'b accepted', 'C'])
  })

  test('that is refused for later waits longer', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1 })
    void add('a')
    await calls[0]?.answer([refused('later')])
    await clock.advance('1s')
    await calls[1]?.answer([refused('later')])
    await clock.advance('2s')
    expect(calls.map((call) => call.at)).toEqual([0, 1_000, 3_000])
  })

  test('that the answer does not mention is sent again; what is said of no item is ignored', async () => {
    const { add, calls, clock } = batcherRig()
    const outcomes = [add('a'), add('b'), add('c')]
    await calls[0]?.answer([accepted('A')])
    await clock.advance('10ms')
    expect(calls[1]).toMatchObject({ items: ['b', 'c'] })
    await calls[1]?.answer([accepted('B'), accepted('C'), accepted('D')])
    expect(await Promise.all(outcomes)).toEqual(['A', 'B', 'C'])
  })

  test('that the answer does not mention may have been accepted, and says why when it runs out of time', async () => {
    const { add, calls } = batcherRig({ maxCount: 1 })
    const outcome = add('a', { deadline: 5 })
    await calls[0]?.answer([])
    const message = 'The answer names this entry neither as successful nor as failed.'
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: true, cause: { message } })
  })

  test('shares the fate of a call that fails as a whole', async () => {
    const { add, calls, clock } = batcherRig()
    const outcomes = [add('a'), add('b'), add('c')]
    await calls[0]?.fail(Object.assign(new Error('down'), { verdict: 'now', unknown: true }))
    await clock.advance('10ms')
    const bug = new TypeError('oops')
    await calls[1]?.fail(bug)
    expect(await Promise.all(outcomes)).toEqual([bug, bug, bug])
    expect(items(calls)).toEqual(['a b c', 'a b c'])
  })

  test('is given up at its deadline, with what was said of it last', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1 })
    const error = new Error('busy')
    const outcome = add('a', { deadline: 100 })
    await calls[0]?.answer([refused('now', false, error)])
    await clock.advance('100ms')
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: true, cause: error })
    expect(clock.timers).toBe(0)
  })

  test('has a last try a second before its deadline when its back-off would outlast that', async () => {
    const { add, calls, clock } = batcherRig({ linger: 0 })
    const outcome = add('a', { deadline: 3_900 })
    for (let index = 0; index < 3; index++) {
      await clock.advance('1s')
      await calls[index]?.answer([refused('later')])
    }
    await clock.advance('10s')
    expect(calls.map(({ at }) => at)).toEqual([0, 2_000, 2_900])
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: false })
  })

  test('is given up at once when its back-off would outlast its deadline', async () => {
    const { add, calls } = batcherRig({ maxCount: 1 })
    const outcome = add('a', { deadline: 999 })
    await calls[0]?.answer([refused('later')])
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: false })
  })

  test('is not sent when its deadline has passed while the loop was blocked', async () => {
    const { add, calls, clock } = batcherRig()
    const late = add('a', { deadline: 100 })
    clock.freeze('200ms')
    const next = add('b')
    await clock.advance('5ms')
    expect(calls.map(({ items: sent }) => sent)).toEqual([['b']])
    expect(await late).toMatchObject({ why: 'timeout', unknown: false })
    await calls[0]?.accept()
    expect(await next).toBe('b accepted')
  })

  test('whose deadline passes like that after a refusal is given up with what was said of it last', async () => {
    const { add, calls, clock } = batcherRig()
    const late = add('a', { deadline: 100 })
    await clock.advance('5ms')
    await calls[0]?.answer([refused('now', false, new Error('busy'))])
    clock.freeze('200ms')
    await clock.advance('0ms')
    expect(calls).toHaveLength(1)
    expect(await late).toMatchObject({ why: 'timeout', unknown: false, cause: { message: 'busy' } })
  })

  test('is given up when its signal aborts, and is not sent', async () => {
    const { add, calls, clock } = batcherRig()
    const controller = new AbortController()
    const outcome = add('a', { signal: controller.signal })
    controller.abort('enough')
    expect(await outcome).toMatchObject({ why: 'aborted', unknown: false, cause: 'enough' })
    expect(await add('b', { signal: controller.signal })).toMatchObject({ why: 'aborted', cause: 'enough' })
    await clock.advance('1s')
    expect(calls).toEqual([])
  })

  test('leaves neither a timer nor a listener, whether it is given up while it lingers or accepted', async () => {
    const { add, calls, clock } = batcherRig()
    const controller = new AbortController()
    const { signal } = new AbortController()
    const outcomes = [add('a', { signal: controller.signal })]
    controller.abort()
    expect(clock.timers).toBe(0)
    outcomes.push(add('b', { signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await clock.advance('5ms')
    await calls[0]?.accept()
    await Promise.all(outcomes)
    expect([clock.timers, getEventListeners(signal, 'abort')]).toEqual([0, []])
  })

  test('is of unknown outcome when it is given up in flight', async () => {
    const { add, batcher, calls, clock } = batcherRig({ maxCount: 1 })
    const outcome = add('a', { deadline: 50 })
    await clock.advance('50ms')
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: true })
    expect(batcher.size).toBe(0)
    await calls[0]?.accept()
    expect(clock.timers).toBe(0)
  })
})

describe('items of one key', () => {
  const key = 'k'

  test('are sent one at a time and in order, with those of other keys beside them', async () => {
    const { add, calls } = batcherRig({ maxCount: 2, linger: 0 })
    void add('k1', { key: 'k' })
    void add('k2', { key: 'k' })
    void add('l1', { key: 'l' })
    void add('l2', { key: 'l' })
    expect(items(calls)).toEqual(['k1 l1'])
    await calls[0]?.accept()
    expect(items(calls)).toEqual(['k1 l1', 'k2 l2'])
  })

  test('wait while an earlier one backs off', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1 })
    void add('k1', { key })
    void add('k2', { key })
    await calls[0]?.answer([refused('now')])
    await clock.advance('10ms')
    await calls[1]?.accept()
    expect(items(calls)).toEqual(['k1', 'k1', 'k2'])
  })

  test('that were added before one failed for good fail with it, those added after do not', async () => {
    const { add, calls } = batcherRig({ maxCount: 1 })
    const error = new Error('no')
    const [first, second, third] = [add('k1', { key }), add('k2', { key }), add('k3', { key })]
    await calls[0]?.answer([refused('never', false, error)])
    expect(await first).toBe(error)
    for (const follower of [second, third]) {
      expect(await follower).toMatchObject({ why: 'group-failed', unknown: false, cause: error })
    }
    const later = add('k4', { key })
    await calls[1]?.accept()
    expect(await later).toBe('k4 accepted')
  })

  test('go on after one that failed for good, one at a time, when keys go on', async () => {
    const { add, calls } = batcherRig({ maxCount: 1, keysGoOn: true })
    const error = new Error('no')
    const [first, second] = [add('k1', { key }), add('k2', { key })]
    expect(items(calls)).toEqual(['k1'])
    await calls[0]?.answer([refused('never', false, error)])
    await calls[1]?.accept()
    expect([await first, await second]).toEqual([error, 'k2 accepted'])
  })

  test('fail when one between them is aborted, not those before it', async () => {
    const { add, calls } = batcherRig({ maxCount: 1 })
    const controller = new AbortController()
    const outcomes = [add('k1', { key }), add('k2', { key, signal: controller.signal }), add('k3', { key })]
    controller.abort()
    await calls[0]?.accept()
    expect(await Promise.all(outcomes)).toMatchObject(['k1 accepted', { why: 'aborted' }, { why: 'group-failed' }])
  })

  test('do not overtake one that was given up in flight: they wait for the end of its call', async () => {
    const { add, calls, clock } = batcherRig({ linger: 0 })
    const first = add('k1', { key, deadline: 50 })
    await clock.advance('50ms')
    expect(await first).toMatchObject({ why: 'timeout' })
    const later = add('k2', { key })
    await clock.advance('100ms')
    expect(items(calls)).toEqual(['k1'])
    await calls[0]?.accept()
    await calls[1]?.accept()
    expect(await later).toBe('k2 accepted')
  })

  test('are not sent again once their first attempt, of unknown outcome, is unknownWindow ago', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1, maxInFlight: 1, unknownWindow: 1_000 })
    const unknown = add('k1', { key })
    void add('other')
    await calls[0]?.answer([refused('now', true)])
    await clock.advance('1s')
    expect(await unknown).toMatchObject({ why: 'timeout', unknown: true })
    await calls[1]?.accept()
    expect(items(calls)).toEqual(['k1', 'other'])
  })

  test('count that from the first attempt of all, also when only a later one is of unknown outcome', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1, unknownWindow: 15_000 })
    await clock.advance('1m')
    let settled = false
    const outcome = add('k1', { key }).finally(() => (settled = true))
    await calls[0]?.answer([refused('later')])
    await clock.advance('1s')
    await calls[1]?.answer([refused('later', true)])
    await clock.advance('13999ms')
    expect([calls.length, settled]).toEqual([3, false])
    await clock.advance('1ms')
    expect(await outcome).toMatchObject({ why: 'timeout', unknown: true })
    expect(clock.now()).toBe(75_000)
  })

  test('may be sent again until their deadline when they were surely refused', async () => {
    const { add, calls, clock } = batcherRig({ maxCount: 1, unknownWindow: 5 })
    const outcome = add('k1', { key })
    await calls[0]?.answer([refused('now')])
    await clock.advance('10ms')
    await calls[1]?.accept()
    expect(await outcome).toBe('k1 accepted')
  })
})

describe('an item that is added in its turn', () => {
  const full = { maxCount: 1, maxInFlight: 10 }

  test('waits for room, in the order of the calls; others are counted, but never wait', async () => {
    const { add, addInTurn, calls } = batcherRig({ ...full, maxHeldCount: 2 })
    await addInTurn('a').added
    void add('b')
    void add('c')
    const [waiting, last] = [addInTurn('d'), addInTurn('e')]
    await calls[0]?.accept()
    expect(items(calls)).toEqual(['a', 'b', 'c'])
    await calls[1]?.accept()
    expect(items(calls)).toEqual(['a', 'b', 'c', 'd'])
    await calls[3]?.accept()
    expect([await waiting.added, await waiting.outcome]).toEqual([true, 'd accepted'])
    await calls[2]?.accept()
    await calls[4]?.accept()
    expect(await last.outcome).toBe('e accepted')
  })

  test('waits for room in bytes too; one bigger than all the room is added when nothing else is held', async () => {
    const { addInTurn, calls } = batcherRig({ ...full, maxHeldBytes: 5 })
    const adding = ['abc', 'bigger-than-all', 'de', 'f'].map((item) => addInTurn(item))
    await adding[0]?.added
    await calls[0]?.accept()
    expect(items(calls)).toEqual(['abc', 'bigger-than-all'])
    await calls[1]?.accept()
    expect(items(calls)).toEqual(['abc', 'bigger-than-all', 'de', 'f'])
  })

  test('has its time from then on', async () => {
    const { add, addInTurn, calls, clock } = batcherRig({ ...full, maxHeldCount: 1 })
    void add('a')
    const next = addInTurn('b', { timeout: 100 })
    await clock.advance('1s')
    await calls[0]?.accept()
    await clock.advance('99ms')
    await calls[1]?.accept()
    expect(await next.outcome).toBe('b accepted')
  })

  test('has it from its turn in its key: none of those that wait behind a slow one runs out of time', async () => {
    const { addInTurn, calls, clock } = batcherRig(full)
    const outcomes = ['k1', 'k2', 'k3'].map((item) => addInTurn(item, { key: 'k', timeout: 100 }).outcome)
    for (const index of [0, 1, 2]) {
      await clock.advance('90ms')
      await calls[index]?.accept()
    }
    expect(await Promise.all(outcomes)).toEqual(['k1 accepted', 'k2 accepted', 'k3 accepted'])
    const late = addInTurn('k4', { key: 'k', timeout: 100 })
    await clock.advance('100ms')
    expect(await late.outcome).toMatchObject({ why: 'timeout', unknown: true })
    await calls[3]?.accept()
    expect(clock.timers).toBe(0)
  })

  test('leaves its turn to the next when its signal aborts', async () => {
    const { add, addInTurn, calls } = batcherRig({ ...full, maxHeldBytes: 5 })
    const controller = new AbortController()
    void add('abc')
    const big = addInTurn('too-big', { signal: controller.signal })
    void addInTurn('d')
    controller.abort('enough')
    expect(await big.outcome).toMatchObject({ why: 'aborted', unknown: false, cause: 'enough' })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    await calls[0]?.accept()
    expect(items(calls)).toEqual(['abc', 'd'])
  })

  test('is still added when the batcher closes before its turn: it was taken', async () => {
    const { add, addInTurn, batcher, calls } = batcherRig({ ...full, maxHeldCount: 1 })
    void add('a')
    const waiting = addInTurn('b')
    const closed = batcher.close()
    expect(await addInTurn('c').outcome).toMatchObject({ why: 'closed', unknown: false })
    await calls[0]?.accept()
    await calls[1]?.accept()
    await closed
    expect(await waiting.outcome).toBe('b accepted')
  })

  test('loses nobody who waits behind it when an abort makes room for it and takes it away', async () => {
    const { add, addInTurn, calls, clock } = batcherRig({ maxHeldCount: 1, maxInFlight: 1, maxCount: 1 })
    const controller = new AbortController()
    const { signal } = controller
    void add('held')
    const waiting = addInTurn('waiting', { signal })
    const behind = addInTurn('behind')
    const sent = add('sent', { signal })
    await calls[0]?.accept()
    await calls[1]?.answer([refused('later')])
    // it backs off, and is all that is held; its listener is younger than that of the one that waits
    controller.abort()
    expect(await Promise.all([sent, waiting.outcome])).toMatchObject([{ why: 'aborted' }, { why: 'aborted' }])
    await clock.advance('1ms')
    await calls[2]?.accept()
    expect(await behind.outcome).toBe('behind accepted')
  })
})

describe('flush and close', () => {
  test('flush resolves when what was added before it is settled, retries included; what comes then lingers', async () => {
    const { add, batcher, calls, clock } = batcherRig({ linger: 1_000 })
    let flushed = false
    void add('a')
    const flush = batcher.flush().then(() => (flushed = true))
    await calls[0]?.answer([refused('now')])
    await clock.advance('10ms')
    expect([items(calls), flushed]).toEqual([['a', 'a'], false])
    await calls[1]?.accept()
    await flush
    void add('b')
    await clock.advance('999ms')
    expect(calls).toHaveLength(2)
  })

  test('flush does not wait for what is added after it', async () => {
    const { add, batcher, calls, clock } = batcherRig({ maxCount: 1 })
    let settled = false
    void add('a')
    const flush = batcher.flush()
    void add('b').then(() => (settled = true))
    await clock.advance('0ms')
    await calls[0]?.accept()
    await flush
    expect([items(calls), settled]).toEqual([['a', 'b'], false])
  })

  test('while flush waits for a call, what is added in one turn still goes in one', async () => {
    const { add, batcher, calls, clock } = batcherRig({ maxCount: 10 })
    void add('slow')
    void batcher.flush()
    for (const item of ['a', 'b', 'c']) void add(item)
    await clock.advance('0ms')
    expect(calls).toMatchObject([{ items: ['slow'] }, { items: ['a', 'b', 'c'], reason: 'flush' }])
  })

  test('close takes nothing more, and waits for calls whose items were given up', async () => {
    const { add, batcher, calls, clock } = batcherRig({ maxCount: 1 })
    const outcome = add('a', { deadline: 20 })
    let closed = false
    const close = batcher.close().then(() => (closed = true))
    expect(await add('b')).toMatchObject({ why: 'closed', unknown: false })
    await clock.advance('20ms')
    expect([await outcome, closed]).toMatchObject([{ why: 'timeout' }, false])
    await calls[0]?.accept()
    await close
    expect(clock.timers).toBe(0)
  })

  test('both resolve at once when nothing is open', async () => {
    const { batcher, clock } = batcherRig()
    await batcher.flush()
    await batcher.close()
    expect(clock.timers).toBe(0)
  })

  test('abandon names what waits for room too, which close then refuses', async () => {
    const { add, addInTurn, batcher, calls } = batcherRig({ maxCount: 1, maxHeldCount: 1 })
    void add('a')
    const waiting = addInTurn('b')
    const closed = batcher.close()
    expect(batcher.abandon('stopped')).toEqual([
      { item: 'a', unknown: true },
      { item: 'b', unknown: false },
    ])
    await calls[0]?.accept()
    await closed
    expect(await waiting.outcome).toMatchObject({ why: 'closed' })
    expect(calls).toHaveLength(1)
  })

  test('abandon gives up what is left, sends none of it, and names it', async () => {
    const { add, batcher, calls, clock } = batcherRig({ maxCount: 1, maxInFlight: 1 })
    const outcomes = [add('a', { key: 'k' }), add('b', { key: 'k' }), add('c'), add('d')]
    void batcher.flush()
    expect(batcher.abandon('stopped')).toEqual([
      { item: 'a', unknown: true },
      { item: 'b', unknown: false },
      { item: 'c', unknown: false },
      { item: 'd', unknown: false },
    ])
    expect(await Promise.all(outcomes)).toMatchObject([
      { why: 'closed', unknown: true, cause: 'stopped' },
      { why: 'closed', unknown: false, cause: 'stopped' },
      { why: 'closed', unknown: false, cause: 'stopped' },
      { why: 'closed', unknown: false, cause: 'stopped' },
    ])
    expect(batcher.abandon('again')).toEqual([])
    await calls[0]?.accept()
    expect(items(calls)).toEqual(['a'])
    expect(clock.timers).toBe(0)
  })
})

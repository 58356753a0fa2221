import type { BatchEntry } from './batch-entry.ts'

/** How much a {@link BatchBuffer} holds; beyond it, entries wait for room. */
export interface BufferLimits {
  readonly maxBufferedCount: number
  readonly maxBufferedBytes: number
}

/** Where the entries of a batcher stand: who waits for room, who behind another of its key, who may leave next. */
export class BatchBuffer<Item, Value> {
  readonly #limits: BufferLimits
  readonly #waiting: BatchEntry<Item, Value>[] = []
  /** By key, the entries admitted and not yet done with; only the first of each is ready, in flight or backing off. */
  readonly #lanes = new Map<string, BatchEntry<Item, Value>[]>()
  readonly #ready: BatchEntry<Item, Value>[] = []
  #count = 0
  #bytes = 0

  constructor(limits: BufferLimits) {
    this.#limits = limits
  }

  /** Those that may join the next batch, in order. */
  get ready(): readonly BatchEntry<Item, Value>[] {
    return this.#ready
  }

  add(entry: BatchEntry<Item, Value>): void {
    this.#waiting.push(entry)
    this.#admitWaiting()
  }

  /** Takes the first `count` of those ready; each is to be released when its call has ended. */
  take(count: number): BatchEntry<Item, Value>[] {
    return this.#ready.splice(0, count)
  }

  /** The entry may leave, for the first time or again. */
  makeReady(entry: BatchEntry<Item, Value>): void {
    entry.state = 'ready'
    this.#ready.push(entry)
  }

  /** The entries of the same key that came later. */
  followers(entry: BatchEntry<Item, Value>): BatchEntry<Item, Value>[] {
    if (entry.key === undefined) return []
    const lane = this.#lanes.get(entry.key) ?? []
    const later = [...lane, ...this.#waiting.filter((other) => other.key === entry.key)]
    return later.slice(later.indexOf(entry) + 1)
  }

  /** Takes a failing entry from where it is. One in flight keeps its place until its call ends: nothing may overtake it. */
  remove(entry: BatchEntry<Item, Value>): void {
    switch (entry.state) {
      case 'waiting':
        remove(this.#waiting, entry)
        return this.#admitWaiting()
      case 'ready':
        remove(this.#ready, entry)
        return this.release(entry)
      case 'queued':
      case 'backing-off':
        return this.release(entry)
      case 'in-flight':
      case 'settled':
        return
    }
  }

  /** The entry is done with: its room goes to those who wait, its place to the next of its key. */
  release(entry: BatchEntry<Item, Value>): void {
    this.#count--
    this.#bytes -= entry.bytes
    const lane = entry.key === undefined ? undefined : this.#lanes.get(entry.key)
    if (lane && entry.key !== undefined) {
      remove(lane, entry)
      const [head] = lane
      if (!head) this.#lanes.delete(entry.key)
      else if (head.state === 'queued') this.makeReady(head)
    }
    this.#admitWaiting()
  }

  #admitWaiting(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#admit(next)
    }
  }

  /** An entry too big for the whole buffer is admitted when it is alone. */
  #hasRoom(entry: BatchEntry<Item, Value>): boolean {
    if (this.#count === 0) return true
    return this.#count < this.#limits.maxBufferedCount && this.#bytes + entry.bytes <= this.#limits.maxBufferedBytes
  }

  #admit(entry: BatchEntry<Item, Value>): void {
    this.#count++
    this.#bytes += entry.bytes
    const lane = entry.key === undefined ? undefined : this.#lanes.get(entry.key)
    if (lane) {
      entry.state = 'queued'
      lane.push(entry)
      return
    }
    if (entry.key !== undefined) this.#lanes.set(entry.key, [entry])
    this.makeReady(entry)
  }
}

function remove<T>(list: T[], element: T): void {
  const index = list.indexOf(element)
  if (index >= 0) list.splice(index, 1)
}

import type { BatchEntry } from './batch-entry.ts'
import { type Link, LinkedList } from './linked-list.ts'

/** Where the entries of a batcher stand: who waits behind another of its key, and who may leave next. */
export class Lanes<Item, Value> {
  /** By key, the entries not done with; only the first of each is ready, in flight or backing off. */
  readonly #lanes = new Map<string, LinkedList<BatchEntry<Item, Value>>>()
  readonly #ready = new LinkedList<BatchEntry<Item, Value>>()
  readonly #onTurn: (entry: BatchEntry<Item, Value>) => void

  /** `onTurn` is told of an entry when it may leave for the first time. */
  constructor(onTurn: (entry: BatchEntry<Item, Value>) => void) {
    this.#onTurn = onTurn
  }

  /** The first of those that may join the next batch, in order. */
  get ready(): Link<BatchEntry<Item, Value>> | undefined {
    return this.#ready.first
  }

  add(entry: BatchEntry<Item, Value>): void {
    if (entry.key === undefined) return this.#takeTurn(entry)
    const lane = this.#lanes.get(entry.key) ?? new LinkedList()
    this.#lanes.set(entry.key, lane)
    entry.laneLink = lane.push(entry)
    if (lane.first === entry.laneLink) this.#takeTurn(entry)
  }

  #takeTurn(entry: BatchEntry<Item, Value>): void {
    this.#onTurn(entry)
    this.makeReady(entry)
  }

  /** The entry may leave, for the first time or again. */
  makeReady(entry: BatchEntry<Item, Value>): void {
    entry.state = 'ready'
    entry.readyLink = this.#ready.push(entry)
  }

  /** The first of those ready. */
  head(count: number): BatchEntry<Item, Value>[] {
    const head: BatchEntry<Item, Value>[] = []
    for (let link = this.#ready.first; link && head.length < count; link = link.next) head.push(link.value)
    return head
  }

  /** The first of those ready are in flight from now on; each is to be released when its call has ended. */
  take(count: number): BatchEntry<Item, Value>[] {
    const head = this.head(count)
    for (const entry of head) {
      this.#unready(entry)
      entry.state = 'in-flight'
    }
    return head
  }

  /** The entries of the same key that came later. */
  followers(entry: BatchEntry<Item, Value>): BatchEntry<Item, Value>[] {
    const later: BatchEntry<Item, Value>[] = []
    for (let link = entry.laneLink?.next; link; link = link.next) later.push(link.value)
    return later
  }

  /** The entry is done with: its place goes to the next of its key. */
  release(entry: BatchEntry<Item, Value>): void {
    this.#unready(entry)
    const lane = entry.key === undefined ? undefined : this.#lanes.get(entry.key)
    if (!lane || !entry.laneLink || entry.key === undefined) return
    lane.remove(entry.laneLink)
    const head = lane.first?.value
    if (!head) this.#lanes.delete(entry.key)
    else if (head.state === 'queued') this.#takeTurn(head)
  }

  #unready(entry: BatchEntry<Item, Value>): void {
    if (entry.state === 'ready' && entry.readyLink) this.#ready.remove(entry.readyLink)
  }
}

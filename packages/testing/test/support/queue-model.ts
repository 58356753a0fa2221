// What SQS promises of a queue, in plain lists: written from its documentation and recordings, not from the simulator. Each
// method is told what was asked and what the queue answered; it fails if the answer breaks a promise, and follows the answer
// where SQS has a choice.
import { expect } from 'vitest'

const SECOND = 1_000
const DEDUPLICATION = 300 * SECOND
const BETWEEN_PURGES = 60 * SECOND
const LONGEST = 43_200 * SECOND

export interface QueueRules {
  readonly fifo: boolean
  /** Whether equal deduplication ids collide in their group only. */
  readonly perGroup: boolean
  /** Milliseconds, as all times here. */
  readonly retention: number
  readonly visibility: number
  readonly deadLetters?: { readonly queue: QueueModel; readonly maxReceiveCount: number } | undefined
}

interface Message {
  readonly id: string
  readonly body: string
  readonly group: string
  /** What retention counts from. */
  readonly since: number
  receives: number
  /** Until then it is delayed or in flight. */
  hiddenUntil: number
  newest?: Receipt
}

interface Accepted {
  readonly key: string
  readonly id: string
  readonly number: string | undefined
  readonly at: number
  /** When it was sent last, dropped or not. */
  repeatedAt: number
}

/** What one receive gave of one message. */
export interface Receipt {
  readonly handle: string
  readonly message: Message
  readonly at: number
  until: number
}

interface Sent {
  readonly body: string
  readonly group: string
  readonly deduplicationId: string
  readonly delay: number
}

interface Received {
  readonly id: string
  readonly body: string | undefined
  readonly handle: string
  readonly receives: number
}

const idsOf = (messages: readonly { readonly id: string }[]) => messages.map(({ id }) => id)

export class QueueModel {
  readonly rules: QueueRules
  readonly #now: () => number
  #all: Message[] = []
  #accepted: Accepted[] = []
  #handles: string[] = []
  #purgedAt = -Infinity
  #number = 0n

  constructor(rules: QueueRules, now: () => number) {
    this.rules = rules
    this.#now = now
  }

  get messages(): readonly Message[] {
    this.#all = this.#all.filter(({ since }) => since + this.rules.retention > this.#now())
    return this.#all
  }

  sent({ body, group, deduplicationId, delay }: Sent, id: string, number: string | undefined): void {
    const now = this.#now()
    const key = this.rules.perGroup ? `${group} ${deduplicationId}` : deduplicationId
    const earlier = this.rules.fifo ? this.#accepted.findLast((accepted) => accepted.key === key) : undefined
    const surely = earlier && earlier.at + DEDUPLICATION > now
    // not known: whether what was dropped begins the five minutes anew
    const maybe = earlier && earlier.repeatedAt + DEDUPLICATION > now && earlier.id === id
    if (surely || maybe) {
      expect(earlier, 'what this one repeats').toMatchObject({ id, number })
      earlier.repeatedAt = now
      return
    }
    expect(idsOf(this.#all), 'messages with the id of a new one').not.toContain(id)
    if (this.rules.fifo) expect(BigInt(number ?? 0)).toBeGreaterThan(this.#number)
    else expect(number).toBeUndefined()
    this.#number = BigInt(number ?? 0)
    this.#accepted.push({ key, id, number, at: now, repeatedAt: now })
    this.#all.push({ id, body, group, since: now, receives: 0, hiddenUntil: now + delay })
  }

  /** What a receive gave, and which messages came to the dead-letter queue by it, as they came. */
  received(given: readonly Received[], max: number, visibility: number, moved: readonly string[]): readonly Receipt[] {
    const { deadLetters } = this.rules
    const now = this.#now()
    const spent = ({ receives }: Message) => receives >= (deadLetters?.maxReceiveCount ?? Infinity)
    const alive = (message: Message) => !spent(message)
    const lanes = this.#lanes()
    const ids = idsOf(given)
    const isGiven = ({ id }: Message) => ids.includes(id)
    const isMoved = ({ id }: Message) => moved.includes(id)

    // which lane comes first is SQS's choice, as is to give less than there is; a lane is given whole before the next one
    const first = (lane: readonly Message[]) => ids.indexOf(lane.find(isGiven)?.id ?? '')
    const chosen = lanes.filter((lane) => lane.some(isGiven)).toSorted((one, other) => first(one) - first(other))
    const whole = idsOf(chosen.flat().filter(alive))
    expect(ids, 'what was given').toEqual(whole.slice(0, max))
    const left = lanes.flat().filter((message) => !isMoved(message))
    if (ids.length === 0) expect(left, 'what was there to be given').toEqual([])

    // how many of those that were received too often move at once is SQS's choice, but none is passed by what is behind it
    expect(moved.toSorted(), 'what was moved').toEqual(idsOf(lanes.flat().filter(spent).filter(isMoved)).toSorted())
    for (const lane of lanes) {
      const over = lane.filter(spent)
      const gone = moved.filter((id) => over.some((message) => message.id === id))
      expect(gone, 'what was moved of a lane').toEqual(idsOf(over.slice(0, gone.length)))
      const before = lane.slice(0, lane.findLastIndex(isGiven) + 1)
      const passed = before.filter((message) => !isGiven(message) && !isMoved(message))
      expect(passed, 'what was passed').toEqual([])
    }

    const came = moved.flatMap((id) => this.#all.filter((message) => message.id === id))
    this.#all = this.#all.filter((message) => !isMoved(message))
    if (deadLetters) for (const message of came) deadLetters.queue.#take(message)
    return given.map((one) => {
      const message = this.#all.find(({ id }) => id === one.id)
      if (!message) throw new Error(`${one.id} is not in the queue.`)
      message.receives++
      message.hiddenUntil = now + visibility
      expect(one).toMatchObject({ body: message.body, receives: message.receives })
      expect(this.#handles, 'earlier handles').not.toContain(one.handle)
      this.#handles.push(one.handle)
      message.newest = { handle: one.handle, message, at: now, until: message.hiddenUntil }
      return message.newest
    })
  }

  /** `isThere`: whether the queue still has it. */
  deleted(receipt: Receipt, refusal: string | undefined, isThere: (id: string) => boolean): void {
    const { message } = receipt
    const there = this.messages.includes(message)
    const current = message.newest === receipt && receipt.until > this.#now()
    if (!this.rules.fifo || (current && there)) expect(refusal).toBeUndefined()
    else if (there) expect(refusal).toBe('InvalidParameterValue')
    // not known: whether a handle that is over is refused when the message is gone, too
    else if (receipt.until > this.#now()) expect(refusal).toBeUndefined()
    else expect([undefined, 'InvalidParameterValue']).toContain(refusal)
    if (refusal !== undefined || !there) return
    // "might not be deleted": by the handle of an earlier receive
    if (message.newest === receipt || !isThere(message.id)) this.#all = this.#all.filter((one) => one !== message)
  }

  changed(receipt: Receipt, visibility: number, refusal: string | undefined): void {
    const { message } = receipt
    const now = this.#now()
    const inFlight = message.hiddenUntil > now
    const obeyed = inFlight && (!this.rules.fifo || message.newest === receipt)
    const longest = now + visibility - Math.max(receipt.at, message.newest?.at ?? 0)
    const longestByHandle = now + visibility - receipt.at
    if (!this.messages.includes(message)) expect(refusal).toBe('InvalidParameterValue')
    else if (obeyed && longest >= LONGEST) expect(refusal).toBe('InvalidParameterValue')
    // not known: what FIFO says to a handle that is over, to which receive's twelve hours an older handle is held, whether
    // they are rounded to seconds, and whether they matter to what is visible
    else if (longestByHandle > LONGEST - SECOND || !(obeyed || !this.rules.fifo)) {
      expect([undefined, 'InvalidParameterValue']).toContain(refusal)
    } else expect(refusal).toBeUndefined()
    if (refusal !== undefined || !obeyed) return
    message.hiddenUntil = now + visibility
    receipt.until = now + visibility
  }

  purged(refusal: string | undefined): void {
    const now = this.#now()
    expect(refusal).toBe(this.#purgedAt + BETWEEN_PURGES > now ? 'PurgeQueueInProgress' : undefined)
    if (refusal !== undefined) return
    this.#purgedAt = now
    this.#all = []
    this.#accepted = []
  }

  contents() {
    const now = this.#now()
    const of = (wanted: (message: Message) => boolean) =>
      this.messages.filter(wanted).map(({ body, group, receives }) => ({ body, group, receives }))
    return {
      visible: of(({ hiddenUntil }) => hiddenUntil <= now),
      inFlight: of(({ hiddenUntil, receives }) => hiddenUntil > now && receives > 0),
      delayed: of(({ hiddenUntil, receives }) => hiddenUntil > now && receives === 0),
    }
  }

  /** What is to be had in an order of its own: a group up to what is in flight; on a standard queue, any one message. */
  #lanes(): readonly (readonly Message[])[] {
    const groups = Object.groupBy(this.messages, ({ group, id }) => (this.rules.fifo ? group : id))
    return Object.values(groups).map((lane = []) => {
      const hidden = lane.findIndex(({ hiddenUntil }) => hiddenUntil > this.#now())
      return hidden === -1 ? lane : lane.slice(0, hidden)
    })
  }

  /** A message that a receive has moved. */
  #take(message: Message): void {
    // a FIFO queue counts its own retention anew, a standard queue counts from when the message was sent
    const since = this.rules.fifo ? this.#now() : message.since
    this.#all.push({ ...message, since })
  }
}

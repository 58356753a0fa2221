import Denque from 'denque'
import TinyQueue from 'tinyqueue'
import type { Random } from '../../random.ts'
import type { Line, NewMessage, StoredMessage } from './message.ts'

interface Due {
  readonly at: number
  readonly message: StoredMessage
}

const earliest = (a: Due, b: Due) => a.at - b.at

export interface MessageStoreOptions {
  /** One line for each message group; else each message is a line of its own. */
  readonly fifo: boolean
  /** When the retention of a message is over. */
  readonly expiresAt: (message: StoredMessage) => number
  /** How likely a receive goes on with any line in place of the next. */
  readonly reorder: number
  readonly random: Random
}

/** A queue's messages, and which of them can be received next. All times are on the clock, in milliseconds. */
export class MessageStore {
  readonly #options: MessageStoreOptions
  readonly #byId = new Map<string, StoredMessage>()
  readonly #groups = new Map<string, Line>()
  /** Lines whose first message is visible; a line that has gone empty, or is blocked by now, may still be among them. */
  readonly #ready = new Denque<Line>()
  /** All messages by when to look at them. Of a message's entries the one for its `dueAt` counts. */
  #due = new TinyQueue<Due>([], earliest)
  #inFlight = 0
  #sequence = 0

  constructor(options: MessageStoreOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** When the next message may become visible, or make room for those behind it. */
  get nextChange(): number {
    return this.#due.peek()?.at ?? Infinity
  }

  find(id: string): StoredMessage | undefined {
    return this.#byId.get(id)
  }

  all(): Iterable<StoredMessage> {
    return this.#byId.values()
  }

  add(message: NewMessage): StoredMessage {
    const stored: StoredMessage = {
      ...message,
      sequence: this.#sequence++,
      line: this.#lineOf(message.group),
      state: 'visible',
      hiddenUntil: 0,
      dueAt: Infinity,
      receives: 0,
      firstReceivedAt: message.firstReceivedBefore,
      receipt: 0,
      receivedAt: 0,
    }
    this.#byId.set(stored.id, stored)
    stored.line.messages.push(stored)
    this.#lookAgain(stored)
    this.#offer(stored.line)
    return stored
  }

  hide(message: StoredMessage, state: 'delayed' | 'in-flight', until: number): void {
    this.#become(message, state)
    message.hiddenUntil = until
    this.#lookAgain(message)
  }

  /** The retention is another one from now on. */
  retain(): void {
    for (const message of this.#byId.values()) this.#lookAgain(message)
  }

  show(message: StoredMessage): void {
    this.#become(message, 'visible')
    this.#lookAgain(message)
    this.#offer(message.line)
  }

  remove(message: StoredMessage): void {
    this.#become(message, 'gone')
    this.#byId.delete(message.id)
    const { line } = message
    const { messages } = line
    for (let index = 0; index < messages.length; index++) {
      if (messages.peekAt(index) !== message) continue
      messages.removeOne(index)
      break
    }
    if (messages.isEmpty() && message.group !== undefined) this.#groups.delete(message.group)
    this.#offer(line)
  }

  clear(): void {
    for (const message of this.#byId.values()) this.#become(message, 'gone')
    this.#byId.clear()
    this.#groups.clear()
    this.#ready.clear()
    this.#due = new TinyQueue<Due>([], earliest)
  }

  /** Shows what is hidden no longer, and lets go what is expired: it blocks nobody behind it. */
  surface(now: number): void {
    for (let next = this.#due.peek(); next && next.at <= now; next = this.#due.peek()) {
      this.#due.pop()
      const { at, message } = next
      if (message.state === 'gone' || message.dueAt !== at) continue
      if (this.#options.expiresAt(message) <= now) this.remove(message)
      else this.show(message)
    }
  }

  /**
   * Goes through what is visible until `use` has said `max` times that it takes what it was given, and hidden or removed
   * it. What it leaves visible comes again behind the rest.
   */
  take(max: number, use: (message: StoredMessage) => boolean): void {
    const seen: Line[] = []
    for (let taken = 0; taken < max;) {
      const line = this.#nextLine()
      if (!line) break
      seen.push(line)
      for (let index = 0; taken < max;) {
        const message = line.messages.peekAt(index)
        if (message?.state !== 'visible') break
        if (use(message)) taken++
        if (line.messages.peekAt(index) === message) index++
      }
    }
    for (const line of seen) {
      line.queued = false
      this.#offer(line)
    }
  }

  #lookAgain(message: StoredMessage): void {
    const expiresAt = this.#options.expiresAt(message)
    const at = message.state === 'visible' ? expiresAt : Math.min(message.hiddenUntil, expiresAt)
    if (message.dueAt === at) return
    message.dueAt = at
    this.#due.push({ at, message })
    // most entries are out of date long before they are due: they must not pile up until then
    if (this.#due.length < 3 * this.#byId.size + 100) return
    const live = Array.from(this.#byId.values(), (each) => ({ at: each.dueAt, message: each }))
    this.#due = new TinyQueue(live, earliest)
  }

  #nextLine(): Line | undefined {
    const { random, reorder } = this.#options
    const ready = this.#ready
    return reorder > 0 && random() < reorder ? ready.removeOne(Math.floor(random() * ready.length)) : ready.shift()
  }

  #lineOf(group: string | undefined): Line {
    const made = { messages: new Denque<StoredMessage>(), queued: false }
    if (!this.#options.fifo || group === undefined) return made
    const line = this.#groups.get(group) ?? made
    this.#groups.set(group, line)
    return line
  }

  #offer(line: Line): void {
    if (line.queued || line.messages.peekFront()?.state !== 'visible') return
    line.queued = true
    this.#ready.push(line)
  }

  #become(message: StoredMessage, state: StoredMessage['state']): void {
    if (message.state === 'in-flight') this.#inFlight--
    if (state === 'in-flight') this.#inFlight++
    message.state = state
  }
}

/**
 * A queue that any element leaves in no time, however long it is: in an array, all those behind it would move. A set through
 * which much passes would do that too, but V8 chains its outgrown tables, and one that is old keeps all later ones, and what
 * was in them, until the next full collection.
 */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get first(): Link<T> | undefined {
    return this.#first
  }

  push(value: T): Link<T> {
    const link = new Link(value)
    this.add(link)
    return link
  }

  /** Puts an element at the end that is in no list: a new one, or one that was removed. */
  add(link: Link<T>): void {
    link.listed = true
    link.previous = this.#last
    if (this.#last) this.#last.next = link
    else this.#first = link
    this.#last = link
    this.#size++
  }

  /** Takes out an element of this list, once. Its link leads nowhere then: who keeps it keeps none of the others. */
  remove(link: Link<T>): void {
    if (!link.listed) return
    const { previous, next } = link
    if (previous) previous.next = next
    else this.#first = next
    if (next) next.previous = previous
    else this.#last = previous
    this.#size--
    link.listed = false
    link.previous = undefined
    link.next = undefined
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let link = this.#first; link; link = link.next) yield link.value
  }
}

/** An element's place in a {@link LinkedList}. A class, since V8 may make what is written as a literal old from the start. */
export class Link<T> {
  readonly value: T
  listed = false
  previous: Link<T> | undefined
  next: Link<T> | undefined

  constructor(value: T) {
    this.value = value
  }
}

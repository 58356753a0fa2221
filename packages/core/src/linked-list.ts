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
    const link = new Link(value, this.#last)
    if (this.#last) this.#last.next = link
    else this.#first = link
    this.#last = link
    this.#size++
    return link
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
  listed = true
  previous: Link<T> | undefined
  next: Link<T> | undefined

  constructor(value: T, previous: Link<T> | undefined) {
    this.value = value
    this.previous = previous
  }
}

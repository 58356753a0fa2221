/** A queue that any element leaves in no time, however long it is: in an array, all those behind it would move. */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined

  get first(): Link<T> | undefined {
    return this.#first
  }

  push(value: T): Link<T> {
    const link: Link<T> = { value, listed: true, previous: this.#last, next: undefined }
    if (this.#last) this.#last.next = link
    else this.#first = link
    this.#last = link
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
    link.listed = false
    link.previous = undefined
    link.next = undefined
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let link = this.#first; link; link = link.next) yield link.value
  }
}

/** An element's place in a {@link LinkedList}. */
export interface Link<T> {
  readonly value: T
  listed: boolean
  previous: Link<T> | undefined
  next: Link<T> | undefined
}

/** A listener for any of the events in the map. */
export type Listeners<EventMap> = {
  readonly [Name in keyof EventMap]?: ((event: EventMap[Name]) => void) | undefined
}

type Listening<EventMap> = { [Name in keyof EventMap]?: Set<(event: EventMap[Name]) => void> }

/** Typed events. A listener that throws is reported and breaks nothing. */
export class Events<EventMap> {
  readonly #listening: Listening<EventMap> = {}
  readonly #onListenerError: (name: keyof EventMap, error: unknown) => void

  constructor(onListenerError: (name: keyof EventMap, error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  on<Name extends keyof EventMap>(name: Name, listener: (event: EventMap[Name]) => void): Disposable {
    const set = this.#listening[name] ?? new Set<(event: EventMap[Name]) => void>()
    this.#listening[name] = set
    set.add(listener)
    return { [Symbol.dispose]: () => void set.delete(listener) }
  }

  /** Listens for good. */
  onAll(listeners: Listeners<EventMap>): void {
    for (const name in listeners) {
      const listener = listeners[name]
      if (listener) this.on(name, listener)
    }
  }

  emit<Name extends keyof EventMap>(name: Name, event: EventMap[Name]): void {
    for (const listener of this.#listening[name] ?? []) {
      try {
        listener(event)
      } catch (error) {
        this.#onListenerError(name, error)
      }
    }
  }
}

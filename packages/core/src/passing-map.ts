/** Fewer would be copied too often. */
const MIN = 1_000

/**
 * A map for what passes through: what is taken out is soon forgotten. In V8 an outgrown table of a map refers to the next one; once
 * one of them is old, all later ones are kept until the next full collection, with what was in them. So now and then a new map
 * takes over what is left.
 */
export class PassingMap<Key, Value> {
  #map = new Map<Key, Value>()
  #passed = 0

  get size(): number {
    return this.#map.size
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key)
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value)
    // Four times as many have passed as are copied: that costs little.
    if (++this.#passed < Math.max(MIN, 4 * this.#map.size)) return
    this.#map = new Map(this.#map)
    this.#passed = 0
  }

  delete(key: Key): void {
    this.#map.delete(key)
  }
}

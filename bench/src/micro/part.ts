/** Something that a message or a request pays for. */
export interface Part {
  readonly title: string
  /** Does it so many times. */
  readonly times: (count: number) => void | Promise<void>
}

/** Parts that are shown together. */
export interface Group {
  readonly title: string
  readonly parts: readonly Part[]
}

/** What was made last: kept, so that V8 can't leave out what makes it. */
const kept: { made?: unknown } = {}

export function each(title: string, once: () => unknown): Part {
  return {
    title,
    times(count) {
      for (let n = 0; n < count; n++) kept.made = once()
    },
  }
}

export function eachAwaited(title: string, once: () => Promise<unknown>): Part {
  return {
    title,
    async times(count) {
      for (let n = 0; n < count; n++) kept.made = await once()
    },
  }
}

/** `several` does it `size` times. */
export function eachOf(title: string, size: number, several: () => Promise<unknown>): Part {
  return {
    title,
    async times(count) {
      for (let n = 0; n < count; n += size) kept.made = await several()
    },
  }
}

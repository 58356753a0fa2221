interface Shared {
  readonly runs: Set<() => void>
  readonly listener: () => void
}

const shared = new WeakMap<AbortSignal, Shared>()

/**
 * Runs `run` when the signal aborts, unless what it returns is called before. Of several the last one first, so that none
 * takes the place of another that is about to go. They share one listener: an EventTarget looks through all it has for each
 * one that is added, and thousands of sends may share a signal.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const { listener, runs } = shared.get(signal) ?? listenTo(signal)
  const own = () => run()
  runs.add(own)
  return () => {
    runs.delete(own)
    if (runs.size > 0) return
    signal.removeEventListener('abort', listener)
    shared.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Shared {
  const runs = new Set<() => void>()
  const listener = () => {
    // one may stop another
    for (const run of Array.from(runs).toReversed()) if (runs.has(run)) run()
  }
  const one = { runs, listener }
  shared.set(signal, one)
  signal.addEventListener('abort', listener)
  return one
}

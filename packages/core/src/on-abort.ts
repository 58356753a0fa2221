import { type Link, LinkedList } from './linked-list.ts'

interface Shared {
  readonly runs: LinkedList<() => void>
  readonly listener: () => void
}

const shared = new WeakMap<AbortSignal, Shared>()

/**
 * Runs `run` when the signal aborts, unless what it returns is called before. Of several the last one first, so that none
 * takes the place of another that is about to go. They share one listener: an EventTarget looks through all it has for each
 * one that is added, and thousands of sends may share a signal; and one that it has removed keeps those that came after it.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const { listener, runs } = shared.get(signal) ?? listenTo(signal)
  const link = runs.push(run)
  return () => {
    runs.remove(link)
    if (runs.size > 0) return
    signal.removeEventListener('abort', listener)
    shared.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Shared {
  const runs = new LinkedList<() => void>()
  const listener = () => {
    const links: Link<() => void>[] = []
    for (let link = runs.first; link; link = link.next) links.push(link)
    // one may stop another
    for (const link of links.toReversed()) if (link.listed) link.value()
  }
  const one = { runs, listener }
  shared.set(signal, one)
  signal.addEventListener('abort', listener)
  return one
}

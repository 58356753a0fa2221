import { once } from 'node:events'

/** What Ctrl-C asks for: `stop` at the first, `cut` at the second; a third ends the process. */
export interface Interrupts extends Disposable {
  readonly stop: AbortSignal
  readonly cut: AbortSignal
}

export function onInterrupt(): Interrupts {
  const stop = new AbortController()
  const cut = new AbortController()
  let last = -Infinity
  const listener = () => {
    // The terminal signals every process, and npm passes the signal on: one Ctrl-C arrives twice.
    if (performance.now() - last < 500) return
    last = performance.now()
    if (!stop.signal.aborted) return stop.abort()
    cut.abort()
    remove()
  }
  const remove = () => {
    process.off('SIGINT', listener)
    process.off('SIGTERM', listener)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return { stop: stop.signal, cut: cut.signal, [Symbol.dispose]: remove }
}

export async function stopped({ stop }: Interrupts): Promise<void> {
  if (!stop.aborted) await once(stop, 'abort')
}

export class CutShort extends Error {}

export async function cutShort({ cut }: Interrupts): Promise<never> {
  if (!cut.aborted) await once(cut, 'abort')
  throw new CutShort('Cut short: nothing was checked.')
}

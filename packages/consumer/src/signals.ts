import { systemClock } from '@waybill/core'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
/** npm passes on a signal that the terminal has sent to the whole group: one Ctrl-C arrives twice. */
const ECHO = 500

/** Calls `onSignal` for each SIGTERM or SIGINT until it is disposed of; `count` is 1 for the first. */
export function onSignals(onSignal: (count: number) => void): Disposable {
  let count = 0
  let last = -Infinity
  const listener = () => {
    const now = systemClock.now()
    if (now - last < ECHO) return
    last = now
    onSignal(++count)
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return {
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, listener)
    },
  }
}

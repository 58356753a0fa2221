import { isDictionary, nearest } from './option-keys.ts'
import { OptionsError, quote } from './options.ts'

/** Checks an `on` option: listeners by the names of events. */
export function checkListeners(on: unknown, names: readonly string[]): void {
  if (!isDictionary(on))
    throw new OptionsError(`on: ${quote(on)} is not an object of listeners. Write { ${names[0]}: (event) => … }.`)
  for (const [name, listener] of Object.entries(on))
    if (listener !== undefined || !names.includes(name)) checkListener(name, listener, names)
}

/** Checks what `on(name, listener)` was called with. */
export function checkListener(name: unknown, listener: unknown, names: readonly string[]): void {
  if (typeof name !== 'string' || !names.includes(name)) {
    const near = typeof name === 'string' ? nearest(name, names) : undefined
    throw new OptionsError(`on: ${quote(name)} is not an event. ${near ?? `The events are ${names.join(', ')}.`}`)
  }
  if (typeof listener === 'function') return
  throw new OptionsError(`on.${name}: ${quote(listener)} is not a function. Write ${name}: (event) => …`)
}

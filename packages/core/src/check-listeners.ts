import { checkKeys } from './option-keys.ts'
import { OptionsError, quote } from './options.ts'

/** Checks an `on` option: listeners by the names of events. */
export function checkListeners(on: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  checkKeys(on, names, 'on')
  for (const [name, listener] of Object.entries(on)) if (listener !== undefined) checkListener(name, listener, names)
}

/** Checks what `on(name, listener)` was called with. */
export function checkListener(name: string, listener: unknown, names: readonly string[]): void {
  checkKeys({ [name]: listener }, names, 'on')
  if (typeof listener === 'function') return
  throw new OptionsError(`on.${name}: ${quote(listener)} is not a function. Write ${name}: (event) => …`)
}

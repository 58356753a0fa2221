export function whole(count: number): string {
  return Math.round(count).toLocaleString('en')
}

export function time(ms: number): string {
  if (ms < 1) return `${(ms * 1_000).toFixed(ms < 0.1 ? 1 : 0)} µs`
  if (ms < 1_000) return `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`
  return `${(ms / 1_000).toFixed(1)} s`
}

/** Of milliseconds, where three digits are wanted of what takes less than one microsecond, too. */
export function micros(ms: number): string {
  const us = ms * 1_000
  return `${us.toFixed(us < 1 ? 3 : us < 10 ? 2 : 1)} µs`
}

export function share(part: number): string {
  return `${(part * 100).toFixed(2)} %`
}

export function bytes(count: number): string {
  if (Math.abs(count) < 1_024) return `${Math.round(count)} B`
  if (Math.abs(count) < 1_024 ** 2) return `${(count / 1_024).toFixed(1)} KiB`
  const mebibytes = count / 1_024 ** 2
  return `${mebibytes.toFixed(Math.abs(mebibytes) < 100 ? 1 : 0)} MiB`
}

/** A scenario, and the situation where it has several. */
export function placeOf(scenario: string, variant = ''): string {
  return `\`${scenario}\`${variant === '' ? '' : `, ${variant}`}`
}

export function whole(count: number): string {
  return count.toLocaleString('en')
}

export function time(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

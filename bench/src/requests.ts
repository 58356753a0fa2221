import type { Table } from './table.ts'
import { whole } from './words.ts'

/** How many requests came, by action. */
export type Requests = Readonly<Record<string, number>>

export function since(before: Requests, after: Requests): Requests {
  const counts = Object.entries(after).map(([action, count]) => [action, count - (before[action] ?? 0)] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

export function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0)
}

/** A row for each peer, a column for each action. */
export function requestsTable(runs: readonly { readonly title: string; readonly requests: Requests }[]): Table {
  const actions = [...new Set(runs.flatMap(({ requests }) => Object.keys(requests)))]
  return {
    columns: ['requests', ...actions],
    rows: runs.map(({ title, requests }) => [title, ...actions.map((action) => whole(requests[action] ?? 0))]),
    notes: [],
  }
}

import { betterPeers } from './better-peers.ts'
import { comparisonTable } from './comparison-table.ts'
import { titleOf } from './peers/index.ts'
import type { Result } from './results.ts'
import { markdown, type Table } from './table.ts'
import { targetTable } from './targets.ts'
import { transportsTable } from './transports-table.ts'

/** docs/performance.md, of the newest result of each scenario. */
export function page(results: readonly Result[]): string {
  return `# Performance

Waybill beside the AWS SDK used by hand and beside other libraries. All of this page is written by the
[benchmarks](../bench/README.md): every figure, and every word about figures, is computed.

![CPU per message, consuming and producing](performance.svg)

${contents(results)}

## How to read it

${HOW}

## Machine and versions

${machines(results)}

## Repeat it

\`\`\`sh
npm ci && npm run build
npm --prefix bench ci && npm --prefix bench start
\`\`\`

## Targets

${markdown(targetTable(results))}

## Direct beside the default

${markdown(transportsTable(results))}

## Where a peer is better

${better(results)}

${results.map(section).join('\n\n')}
`
}

const HOW = `- A cell has the **median** over the rounds with the least and the greatest in brackets, and below it the **ratio to the
  baseline**: the median of the ratios round by round, with theirs. ×0.80 is four fifths of the baseline.
- In a round every peer runs once, in an order that each round rotates; each run has an emulator and a client of its own, two
  new processes. What disturbs the machine for long disturbs all. A target holds, or is missed, by the median.
- **By hand** is eight loops for a concurrency of 80, each of which receives ten messages, handles them and deletes them with one
  request; or callers who give SendMessageBatch ten at once. All but Waybill have the SDK's own HTTP handler; Waybill's default
  transport is the SDK too, with a handler of its own below it.
- CPU, messages per second and allocations are those of the client's process, in a window that begins after a warm-up and
  ends with the last message. Requests are counted by the emulator, from the client's start until the last message is
  deleted. RSS is read at the end of the window.
- All peers but the SDK check what they send and handle with zod; with the SDK, JSON is written and parsed, and no more. A
  Waybill message has type, version and id in attributes, which cost bytes and time; the others' are bodies only.
- The emulator answers within a millisecond, where AWS takes several, and it takes a core for itself. Messages per second
  say how two cores were shared. CPU, allocations and requests carry over, but for TLS: the emulator speaks HTTP, and what a
  request pays for HTTPS it pays whoever makes it.`

const BETTER = `In the scenarios that ran in rounds, whatever the reason: the SDK by hand, for one, checks no payload. Ratios are the peer's to
Waybill's. A difference too small to be read in the figures, which misses a target all the same, is left out. \`send\` and
\`slow-handler\` ran once each: there peers are better in some columns of their tables, too.`

function contents(results: readonly Result[]): string {
  const rows = results.map(({ scenario, about, seconds, comparisons, began }) => {
    const [first = ''] = about.replaceAll('\n', ' ').split('. ')
    const what = first.replace(/\.? {2,}.*$|\.$/, '')
    const rounds = Math.max(1, ...comparisons.flatMap(({ peers }) => peers.map((peer) => peer.rounds.length)))
    return [`[${scenario}](#${scenario})`, what, `${seconds} s`, String(rounds), began.slice(0, 10)]
  })
  return markdown({ columns: ['scenario', '', 'takes', 'rounds', 'run on'], rows, notes: [] })
}

/** Usually one: all scenarios of one run. */
function machines(results: readonly Result[]): string {
  const texts = new Set(results.map(({ machine }) => machine))
  return [...texts]
    .map((machine) => {
      const names = results.filter((result) => result.machine === machine).map(({ scenario }) => `\`${scenario}\``)
      return `${texts.size === 1 ? '' : `${names.join(', ')}:\n\n`}${machine.replaceAll('\n', '\n\n')}`
    })
    .join('\n\n')
}

/** Than each of Waybill's transports that was measured. */
function better(results: readonly Result[]): string {
  const tables = (['waybill', 'waybill-direct'] as const)
    .filter((name) => results.some(({ comparisons }) => comparisons.some(({ peers }) => isIn(peers, name))))
    .map((name) => {
      const table = betterPeers(results, name)
      return `### Than ${titleOf(name)}\n\n${table.rows.length > 0 ? markdown(table) : 'Nowhere, in these figures.'}`
    })
  return [BETTER, ...tables].join('\n\n')
}

function isIn(peers: readonly { readonly name: string }[], wanted: string): boolean {
  return peers.some(({ name }) => name === wanted)
}

function section({ scenario, about, comparisons, tables }: Result): string {
  const [first = '', ...rest] = about.split('\n\n')
  const all: Table[] = [...comparisons.map(comparisonTable), ...tables]
  const columns = rest.map((text) => `\`\`\`text\n${text.replaceAll(/^ {2}/gm, '')}\n\`\`\``)
  return [`## ${scenario}`, first, ...columns, ...all.map(markdown)].join('\n\n')
}

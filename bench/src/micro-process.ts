import { endWithParent, tell } from './child.ts'
import type { Comparison } from './comparison.ts'
import { handlingParts } from './micro/handling.ts'
import { measure } from './micro/measure.ts'
import { payloadParts } from './micro/payloads.ts'
import { requestParts } from './micro/requests.ts'
import { sendingParts } from './micro/sending.ts'
import { slotParts } from './micro/slots.ts'

// Measures single parts, in a process of its own. Tells a comparison for each group of them.
endWithParent()
const [rounds = 5, ms = 50] = process.argv.slice(2).map(Number)
const groups = [...payloadParts, slotParts, handlingParts, sendingParts, requestParts]
const measured = await measure(
  groups.flatMap(({ parts }) => parts),
  rounds,
  ms,
)
const comparisons: Comparison[] = groups.map(({ title: variant, parts }) => ({
  variant,
  figures: ['each'],
  baseline: '',
  peers: parts.map((part) => ({
    name: part.title,
    title: part.title,
    rounds: (measured.get(part) ?? []).map((each) => ({ each })),
  })),
  leftOut: [],
}))
tell(comparisons)

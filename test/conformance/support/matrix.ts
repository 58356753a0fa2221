/** One case asked of, or on, one backend. */
export interface Asked {
  readonly backend: string
  /** Whose answer it is: the backend's, or Waybill's on it. */
  readonly asks: 'backend' | 'waybill'
  readonly chapter: string
  readonly number: number
  readonly name: string
  readonly verdict: 'passed' | 'differs' | 'impossible' | 'failed'
  /** Why it differs or can't be asked. */
  readonly reason: string | undefined
}

const TITLES: Readonly<Record<string, string>> = { localstack: 'LocalStack', aws: 'AWS' }
const titleOf = (backend: string) => TITLES[backend] ?? backend

/** The page about a run: a row for each chapter, a column for each backend, what Waybill does, and what differs. */
export function matrix(all: readonly Asked[]): string {
  const asked = all.filter(({ asks }) => asks === 'backend')
  const backends = [...new Set(asked.map(({ backend }) => backend))]
  const chapters = Array.from(Map.groupBy(asked, ({ chapter }) => chapter)).toSorted(
    ([, a], [, b]) => lowest(a) - lowest(b),
  )
  const rows = chapters.map(([chapter, cases]) => {
    const cells = backends.map((backend) => cell(cases.filter((one) => one.backend === backend)))
    return [chapter, `${lowest(cases)}–${Math.max(...cases.map(({ number }) => number))}`, ...cells]
  })
  return [
    '# Conformance',
    '',
    'What each backend does, case by case. The cases are what SQS and SNS themselves do, most of them as others recorded them on AWS.',
    'This page is written by `npm run conformance`; the suite is in [test/conformance](../test/conformance) and runs with',
    '`npm test`. A known difference is a test that must fail: when the backend is mended, the suite says so.',
    '`WAYBILL_TEST_AWS=1` asks AWS as well.',
    '',
    table(['chapter', 'cases', ...backends.map(titleOf)], rows),
    ...duties(
      all.filter(({ asks }) => asks === 'waybill'),
      backends,
    ),
    ...backends.flatMap((backend) => differences(backend, asked)),
    '',
  ].join('\n')
}

/** What Waybill does of its own, and where that was seen. */
function duties(asked: readonly Asked[], backends: readonly string[]): readonly string[] {
  const cases = Array.from(Map.groupBy(asked, ({ name, number }) => `${number} ${name}`).values())
  if (cases.length === 0) return []
  const rows = cases
    .toSorted((a, b) => lowest(a) - lowest(b))
    .map((on) => [String(lowest(on)), escaped(on[0]?.name ?? ''), where(on, backends)])
  return [
    '',
    '## Duties of Waybill',
    '',
    'What a client must do because SQS and SNS are so. Each is a test of Waybill, on every backend where it can be shown',
    'in seconds; what takes faults, or hours, is shown on the simulator alone, which has them.',
    '',
    table(['case', 'what Waybill does', 'shown on'], rows),
  ]
}

function where(on: readonly Asked[], backends: readonly string[]): string {
  const shown = backends.filter((name) => on.some(({ backend, verdict }) => backend === name && verdict === 'passed'))
  const failed = on.filter(({ verdict }) => verdict === 'failed').map(({ backend }) => `FAILED on ${titleOf(backend)}`)
  return [...(shown.length > 1 && shown.length === backends.length ? ['all'] : shown.map(titleOf)), ...failed].join(
    ', ',
  )
}

const lowest = (all: readonly Asked[]) => Math.min(...all.map(({ number }) => number))

function cell(all: readonly Asked[]): string {
  const count = (verdict: Asked['verdict'], words: string) => {
    const found = all.filter((one) => one.verdict === verdict).length
    return found > 0 ? [`${found} ${words}`] : []
  }
  const counts = [
    ...count('passed', 'passed'),
    ...count('differs', 'known difference'),
    ...count('impossible', 'not possible'),
    ...count('failed', 'FAILED'),
  ]
  return counts.join(', ').replaceAll(/\b((?!1 )\d+ known difference)/g, '$1s')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function differences(backend: string, asked: readonly Asked[]): readonly string[] {
  const own = asked.filter((one) => one.backend === backend)
  return [
    ...section(`Known differences of ${titleOf(backend)}`, own, 'differs'),
    ...section(`Not possible on ${titleOf(backend)}`, own, 'impossible'),
  ]
}

function section(title: string, all: readonly Asked[], verdict: Asked['verdict']): readonly string[] {
  const listed = all.filter((one) => one.verdict === verdict).toSorted((a, b) => a.number - b.number)
  if (listed.length === 0) return []
  const rows = listed.map(({ name, number, reason = '' }) => [String(number), name, reason].map(escaped))
  return ['', `## ${title}`, '', table(['case', 'what AWS does', verdict === 'differs' ? 'here' : 'why'], rows)]
}

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

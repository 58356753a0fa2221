import { expect, test } from 'vitest'
import { type Asked, matrix } from './matrix.ts'

const asked = (backend: string, number: number, verdict: Asked['verdict'], reason?: string): Asked => ({
  backend,
  asks: 'backend',
  chapter: number < 20 ? 'Send' : 'Receive',
  number,
  name: `case ${number} | here`,
  verdict,
  reason,
})

test('a row for each chapter counts what passed, differs, is not possible and failed; what differs is listed with its reason', () => {
  const page = matrix([
    asked('localstack', 24, 'differs', 'accepts it'),
    asked('simulator', 24, 'passed'),
    asked('simulator', 1, 'passed'),
    asked('simulator', 2, 'passed'),
    asked('localstack', 1, 'differs', 'says no'),
    asked('localstack', 2, 'differs', 'says | maybe'),
    asked('localstack', 3, 'impossible', 'takes days'),
    asked('simulator', 3, 'failed'),
  ])
  expect(page).toContain('| chapter | cases | LocalStack | simulator |')
  expect(page).toContain('| Send | 1–3 | 2 known differences, 1 not possible | 2 passed, 1 FAILED |')
  expect(page).toContain('| Receive | 24–24 | 1 known difference | 1 passed |')
  expect(page).toContain('## Known differences of LocalStack')
  expect(page).toContain(String.raw`| 2 | case 2 \| here | says \| maybe |`)
  expect(page).toContain('## Not possible on LocalStack')
  expect(page).toContain(String.raw`| 3 | case 3 \| here | takes days |`)
  expect(page).not.toContain('simulator\n\n| case')
})

test('a duty has a row that says where it was shown', () => {
  const duty = (backend: string, number: number, verdict: Asked['verdict']): Asked => ({
    ...asked(backend, number, verdict),
    asks: 'waybill',
  })
  const page = matrix([
    asked('simulator', 1, 'passed'),
    asked('localstack', 1, 'passed'),
    duty('simulator', 132, 'passed'),
    duty('localstack', 133, 'failed'),
    duty('simulator', 133, 'passed'),
    duty('simulator', 131, 'passed'),
    duty('localstack', 131, 'passed'),
  ])
  const rows = page.split('\n').filter((line) => /^\| 13\d /.test(line))
  expect(rows).toEqual([
    String.raw`| 131 | case 131 \| here | all |`,
    String.raw`| 132 | case 132 \| here | simulator |`,
    String.raw`| 133 | case 133 \| here | simulator, FAILED on LocalStack |`,
  ])
})

import { describe, expect, test } from 'vitest'
import { parseDemoOptions, parseWorkerOptions, UsageError } from '../src/options.ts'

describe('the demo', () => {
  test('runs 1000 orders in this process by default', () => {
    expect(parseDemoOptions([])).toEqual({ orders: 1_000, processes: false, on: { kind: 'embedded', port: 0 } })
  })

  test('runs where it is told to', () => {
    expect(parseDemoOptions(['--endpoint', 'http://127.0.0.1:4566'])?.on).toEqual({
      kind: 'endpoint',
      url: 'http://127.0.0.1:4566',
    })
    expect(parseDemoOptions(['--aws', '--yes'])?.on).toEqual({ kind: 'aws', yes: true })
  })

  test.each([
    [['--orders', '0'], "--orders: '0' is not a whole number from 1 to 9999."],
    [['--orders', '1e3'], "--orders: '1e3' is not a whole number from 1 to 9999."],
    [['--port', '65536'], "--port: '65536' is not a whole number from 0 to 65535."],
    [
      ['--endpoint', 'localhost:4566'],
      "--endpoint: 'localhost:4566' is not a URL. Write it as in http://127.0.0.1:4566.",
    ],
    [['--endpoint', 'http://127.0.0.1', '--aws'], '--endpoint and --aws exclude each other. Leave one out.'],
    [['--yes'], '--yes goes with --aws. Leave it out.'],
    [['--aws', '--port', '1'], '--port is that of the embedded SQS. Leave it out.'],
    [['--order', '5'], "Unknown option '--order'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseDemoOptions(args)).toThrow(new UsageError(message))
  })
})

describe('a worker', () => {
  test('is of one queue', () => {
    expect(parseWorkerOptions(['stock', '--prefix', 'x-'])).toEqual({
      queue: 'stock',
      aws: false,
      endpoint: undefined,
      prefix: 'x-',
      ledger: undefined,
    })
  })

  test.each([
    [[], 'Which queue? None is named. Write one of: receipts, stock, recommendations.'],
    [['mail'], "Which queue? 'mail' is none. Write one of: receipts, stock, recommendations."],
    [['stock', 'receipts'], "Which queue? 'stock receipts' is none. Write one of: receipts, stock, recommendations."],
  ])('refuses %j', (args, message) => {
    expect(() => parseWorkerOptions(args)).toThrow(new UsageError(message))
  })
})

import { captureTrace, connect, pack } from '@waybill/sqs'
import { afterEach, expect, test, vi } from 'vitest'
import { fauxqs } from './support/fauxqs.ts'

afterEach(() => void vi.unstubAllEnvs())

test('the example does what its comments say', async () => {
  await using aws = await fauxqs()
  await aws.connection.admin.createQueue('dev-receipts', {})
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')

  // #region readme
  await using connection = connect({
    namePrefix: 'dev-',
    // what CDK or Terraform made: a name, a queue's URL, or an ARN
    locate: ({ kind, name }) => (kind === 'queue' && name === 'stock' ? process.env['STOCK_QUEUE_URL'] : undefined),
  })
  const receipts = await connection.queue({ name: 'receipts', fifo: false }) // finds 'dev-receipts', once
  const body = '{"orderId":"17"}'
  const attributes = pack({ type: 'receipt.send', version: 1, id: 'r-17', trace: captureTrace(), attributes: {} })
  const [result] = await connection.sqs.send(receipts, [{ body, attributes }], { timeout: 10_000 })
  if (result?.ok === false) connection.logger.error({ verdict: result.verdict }, result.error.message) // 'now', 'later' or 'never'
  // #endregion

  expect(result).toMatchObject({ ok: true })
})

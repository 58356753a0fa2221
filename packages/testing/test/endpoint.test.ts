import { embedded, endpoint } from '@waybill/testing'
import { expect, test } from 'vitest'

test('an endpoint backend connects to what runs already, and leaves it running', async () => {
  await using running = await embedded()
  const aws = endpoint(running.endpoint, { namePrefix: 'dev-' })
  await aws.admin.createQueue(aws.queueName({ name: 'receipts', fifo: false }), {})
  await aws.close()
  expect(await running.admin.findQueue('dev-receipts')).toBeDefined()
})

test('an endpoint that is not given is refused: calls would go to AWS', () => {
  expect(() => endpoint(process.env['NO_SUCH_ENDPOINT'] as never)).toThrow(
    "endpoint: undefined is not a URL. Write it as in 'http://127.0.0.1:4566'.",
  )
})

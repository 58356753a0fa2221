import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Connection } from 'waybill'
import { receipts } from './contracts.ts'
import type { Ledger } from './ledger.ts'
import type { Target } from './run.ts'

const DUMMY = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

/** What no producer of Waybill would send: an order without an amount, put on a queue by the bare AWS SDK. */
export async function sendMalformed(connection: Connection, { endpoint }: Target, ledger: Ledger): Promise<void> {
  const { url } = await connection.queue(receipts)
  const client = new SQSClient({
    useQueueUrlAsEndpoint: false,
    ...(endpoint === undefined ? {} : { ...DUMMY, endpoint }),
  })
  try {
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: '{"orderId":"order-0000","paidAt":"yesterday"}',
        MessageAttributes: {
          'waybill-type': { DataType: 'String', StringValue: 'order.paid' },
          'waybill-version': { DataType: 'Number', StringValue: '2' },
        },
      }),
    )
    if (MessageId === undefined) throw new Error('SQS gave the malformed message no id.')
    ledger.write({ kind: 'malformed', queue: 'receipts', sqsMessageId: MessageId })
  } finally {
    client.destroy()
  }
}

import { connect, type Connection } from 'waybill'

export function connectToOwn(accessKeyId: string, secretAccessKey: string): Connection {
  // #region own-queues
  const connection = connect({
    region: 'eu-central-1',
    endpoint: process.env['SQS_ENDPOINT'], // an emulator's; undefined: AWS
    aws: { credentials: { accessKeyId, secretAccessKey } }, // or a provider; or { profile: 'prod' }
    // RECEIPTS_QUEUE_URL, ORDERS_TOPIC_ARN; undefined: looked up by its declared name
    locate: ({ kind, name }) => process.env[`${name.toUpperCase()}_${kind === 'queue' ? 'QUEUE_URL' : 'TOPIC_ARN'}`],
  })
  // #endregion
  return connection
}

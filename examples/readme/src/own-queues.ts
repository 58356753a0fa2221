import { connect, type Connection } from 'waybill'

export function connectToOwn(accessKeyId: string, secretAccessKey: string): Connection {
  // #region own-queues
  const connection = connect({
    region: 'eu-central-1',
    endpoint: process.env['SQS_ENDPOINT'], // an emulator's; undefined: AWS
    aws: { credentials: { accessKeyId, secretAccessKey } }, // or a provider; or { profile: 'prod' }
    // RECEIPTS_QUEUE, RECEIPTS_DEAD_LETTER_QUEUE, ORDERS_TOPIC: URLs, ARNs or names; unset: by the declared name
    locate: ({ kind, name }) => process.env[`${name}_${kind}`.toUpperCase().replaceAll('-', '_')],
  })
  // #endregion
  return connection
}

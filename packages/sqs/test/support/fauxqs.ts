import { buildApp } from 'fauxqs'
import { connect, type ConnectOptions } from '../../src/index.ts'
import { silent } from './silent.ts'

export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }

/** A connection to SQS and SNS emulated in this process. */
export async function fauxqs(options: ConnectOptions = {}) {
  const app = buildApp({ logger: false, host: '127.0.0.1' })
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
  const connection = connect({
    region: 'eu-central-1',
    endpoint,
    aws: { credentials: CREDENTIALS },
    logger: silent,
    ...options,
  })
  return {
    endpoint,
    connection,
    async [Symbol.asyncDispose]() {
      await connection.close()
      await app.close()
    },
  }
}

import type { ApiOptions, HotSnsApi, HotSqsApi, SnsApi, SqsApi } from './aws-api.ts'

/** What a connection calls: the AWS SDK's clients, or a simulator. Each throws when it is closed. */
export interface ApiClients {
  readonly sqs: () => HotSqsApi
  /** For receives: long polls hold their sockets, and must not make other calls wait for one. */
  readonly receiving: () => HotSqsApi
  readonly sns: () => HotSnsApi
  /** For look-ups and provisioning. */
  readonly adminSqs: () => SqsApi
  readonly adminSns: () => SnsApi
  readonly account: (options: ApiOptions) => Promise<string>
  readonly region: () => Promise<string>
  readonly destroy: () => Promise<void>
}

import type { SNSClient } from '@aws-sdk/client-sns'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { ApiClients } from '../api-clients.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { SigningIdentity } from '../http/sign.ts'
import { remember } from '../remember.ts'
import { directSns } from './direct-sns.ts'
import { directSqs } from './direct-sqs.ts'
import { serviceOf } from './service-of.ts'
import { signedPost } from './signed-post.ts'

export interface DirectClientsOptions {
  readonly http: HttpClient
  readonly credentials: () => Promise<SigningIdentity>
  /** Clients of the AWS SDK, which say where calls go and make none. They throw when the connection is closed. */
  readonly sqs: () => SQSClient
  readonly sns: () => SNSClient
}

/** The hot calls without the AWS SDK's layers: configured as it is, refused with the same errors. */
export function directClients(options: DirectClientsOptions): Pick<ApiClients, 'sqs' | 'receiving' | 'sns'> {
  const { http, credentials } = options
  const service = remember(
    (kind: 'sqs' | 'sns') => kind,
    (kind) => serviceOf(kind, options[kind]()),
  )
  const post = (kind: 'sqs' | 'sns') => signedPost({ http, credentials, service: () => service(kind) })
  const direct = { sqs: directSqs(post('sqs')), sns: directSns(post('sns')) }
  const toSqs = () => {
    options.sqs()
    return direct.sqs
  }
  const toSns = () => {
    options.sns()
    return direct.sns
  }
  return { sqs: toSqs, receiving: toSqs, sns: toSns }
}

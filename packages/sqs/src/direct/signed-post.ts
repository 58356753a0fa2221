import type { HttpAnswer, HttpClient } from '../http/http-client.ts'
import { createSigner, type SigningIdentity, type SigningScope } from '../http/sign.ts'
import { clockSkew } from './clock-skew.ts'

/** Where a service is, and how its requests are signed and marked. */
export interface Service {
  readonly origin: string
  readonly host: string
  readonly path: string
  readonly scope: SigningScope
  readonly userAgent: string
}

export interface SignedPostOptions {
  readonly http: HttpClient
  readonly service: () => Promise<Service>
  readonly credentials: () => Promise<SigningIdentity>
}

export type SignedPost = (
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal | undefined,
) => Promise<HttpAnswer>

/** Posts to a service as these credentials. A clock that AWS finds wrong is corrected from its answer on. */
export function signedPost({ http, service, credentials }: SignedPostOptions): SignedPost {
  const sign = createSigner()
  let skew = 0
  return async (own, body, signal) => {
    const { origin, host, path, scope, userAgent } = await service()
    const identity = await credentials()
    const headers = sign(
      { path, headers: { host, 'user-agent': userAgent, ...own }, body },
      identity,
      new Date(Date.now() + skew),
      scope,
    )
    const answer = await http.post({ origin, path, headers, body }, signal)
    if (answer.status >= 400) skew = clockSkew(answer.headers['date'], Date.now()) ?? skew
    return answer
  }
}

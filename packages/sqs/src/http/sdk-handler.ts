import { HttpResponse } from '@smithy/core/protocols'
import type { HttpHandlerOptions, HttpRequest, RequestHandler, RequestSigner } from '@smithy/types'
import { mapValues } from '../map-values.ts'
import type { HttpClient } from './http-client.ts'
import { createSigner, type SigningIdentity } from './sign.ts'

/** For the AWS SDK's clients of SQS and SNS: their requests are posts without a query. */
export function sdkHandler(http: HttpClient): RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, { abortSignal } = {}) {
      const { protocol, hostname, port, path, headers } = request
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
      const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined
      const answer = await http.post({ origin, path, headers, body: bodyOf(request) }, signal)
      const { status, body } = answer
      return { response: new HttpResponse({ statusCode: status, headers: mapValues(answer.headers, String), body }) }
    },
  }
}

export interface SdkSignerOptions {
  readonly credentials: () => Promise<SigningIdentity>
  readonly region: () => Promise<string>
  readonly service: string
}

/** Likewise. The SDK says when: it knows how wrong this machine's clock is. For where, only if that is not as usual. */
export function sdkSigner({ credentials, region, service }: SdkSignerOptions): RequestSigner {
  const sign = createSigner()
  return {
    async sign({ ...request }, { signingDate = Date.now(), signingRegion, signingService = service } = {}) {
      const { path, headers } = request
      const scope = { region: signingRegion ?? (await region()), service: signingService }
      const signed = sign({ path, headers, body: bodyOf(request) }, await credentials(), new Date(signingDate), scope)
      return { ...request, headers: signed }
    },
  }
}

function bodyOf({ body = '' }: { readonly body?: unknown }): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  throw new TypeError('Bug: the body of a request to SQS or SNS is a stream.')
}

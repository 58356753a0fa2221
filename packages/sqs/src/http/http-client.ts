import type { Agent, Dispatcher } from 'undici'

export interface HttpRequest {
  /** Without a path: `https://sqs.eu-central-1.amazonaws.com`. */
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  /** Under their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/**
 * Posts over kept connections, as many as there are requests at once: none waits for another's, least of all a delete for a
 * long poll. Follows undici's `dispatch`, which makes no stream of a body.
 */
export class HttpClient {
  #agent: Promise<Agent> | undefined

  /**
   * Resolves with the answer, whatever its status, and however long it takes: that is limited by the signal. Rejects with an
   * error of the network, or when the signal aborts.
   */
  async post({ origin, path, headers, body }: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const agent = await (this.#agent ??= createAgent())
    return new Promise((resolve, reject) => {
      const request = { origin, path, method: 'POST', headers, body } as const
      agent.dispatch(request, exchange(resolve, reject, signal))
    })
  }

  /** Cuts what is under way. */
  async destroy(): Promise<void> {
    const agent = await this.#agent
    await agent?.destroy()
  }
}

/** Loaded by the first call: it would take a third of the time in which this package is imported. */
async function createAgent(): Promise<Agent> {
  const { Agent } = await import('undici')
  // a connection that idles is kept longer than the 20 s of a long poll
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 })
}

function exchange(
  resolve: (answer: HttpAnswer) => void,
  reject: (error: unknown) => void,
  signal: AbortSignal | undefined,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 0
  let headers: HttpAnswer['headers'] = {}
  let abort: (() => void) | undefined
  const ended = () => abort && signal?.removeEventListener('abort', abort)
  return {
    onRequestStart(controller) {
      abort = () => controller.abort(new Error('The request was aborted.'))
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort)
    },
    onResponseStart(_controller, answered, lines) {
      status = answered
      headers = lines
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk)
    },
    onResponseEnd() {
      ended()
      const [first] = chunks
      resolve({ status, headers, body: first && chunks.length === 1 ? first : Buffer.concat(chunks) })
    },
    onResponseError(_controller, error) {
      ended()
      reject(error)
    },
  }
}

import type { Dispatcher } from 'undici'
import { ClosedError } from '../closed-error.ts'
import { cuttable } from './cuttable.ts'

export interface HttpRequest {
  /** Without a path: `https://sqs.eu-central-1.amazonaws.com`. */
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  /** Under their names in lower case; one that comes twice as a list. */
  readonly headers: HttpHeaders
  readonly body: Buffer
}

type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>

/**
 * Posts over kept connections, as many as there are requests at once: none waits for another's, least of all a delete for a
 * long poll. Follows undici's `dispatch`, which makes no stream of a body.
 */
export class HttpClient {
  #agent: ReturnType<typeof createAgent> | undefined
  #destroyed = false

  /**
   * Resolves with the answer, whatever its status, and however long it takes: that is limited by the signal. Rejects with an
   * error of the network, when the signal aborts, or with a {@link ClosedError}.
   */
  async post({ origin, path, headers, body }: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const { agent } = await (this.#agent ??= createAgent())
    if (this.#destroyed) throw new ClosedError()
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const request = { origin, path, method: 'POST', headers, body } as const
      agent.dispatch(request, exchange(resolve, reject, signal))
    })
  }

  /** Cuts what is under way, and connects no more. */
  async destroy(): Promise<void> {
    this.#destroyed = true
    const made = await this.#agent
    await made?.destroy()
  }
}

/** Loaded by the first call: it would take a third of the time in which this package is imported. */
async function createAgent() {
  const { Agent, buildConnector } = await import('undici')
  const { connect, cut } = cuttable(buildConnector({}))
  // a connection that idles is kept longer than the 20 s of a long poll
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000, connect })
  async function destroy() {
    const destroyed = agent.destroy()
    cut()
    await destroyed
  }
  return { agent, destroy }
}

function exchange(
  resolve: (answer: HttpAnswer) => void,
  reject: (error: unknown) => void,
  signal: AbortSignal | undefined,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 0
  let headers: HttpHeaders = {}
  let connected: Dispatcher.DispatchController | undefined
  function abort() {
    const error = new Error('The request was aborted.')
    // while it connects there is nothing to cut yet
    if (connected) connected.abort(error)
    else reject(error)
  }
  const ended = () => signal?.removeEventListener('abort', abort)
  signal?.addEventListener('abort', abort, { once: true })
  return {
    onRequestStart(controller) {
      connected = controller
      if (signal?.aborted) abort()
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

import { connect, type Connection, type ConnectOptions } from '@waybill/sqs'

/** What {@link connect} takes, but for the endpoint. Region `us-east-1` and dummy credentials unless given. */
export type BackendOptions = Omit<ConnectOptions, 'endpoint'>

/**
 * SQS and SNS for tests or local development. It is a connection; closing it stops what it started, and every connection
 * that it made.
 */
export interface Backend extends Connection {
  /** Where it listens: for the AWS SDK, for other processes, for `connect({ endpoint })`. */
  readonly endpoint: string
  /** One more connection, with a name prefix or a logger of its own. What is not given is as in the backend's options. */
  connect(options?: BackendOptions): Connection
}

/** Emulators take any key; without one the SDK would look for real ones. */
const DUMMY = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Connections to an endpoint, and `stop` for what serves it. */
export function backendAt(endpoint: string, options: BackendOptions, stop: () => Promise<void>): Backend {
  const open: Connection[] = []
  const connectTo = (more: BackendOptions = {}): Connection => {
    const { aws, region = 'us-east-1', ...rest } = { ...options, ...more }
    const connection = connect({ ...rest, region, endpoint, aws: { credentials: DUMMY, ...aws } })
    open.push(connection)
    return connection
  }
  const own = connectTo()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= closeAll(open, stop))
  return { ...own, endpoint, connect: connectTo, close, [Symbol.asyncDispose]: close }
}

/** The backend that a server was started for: when the options can't be used, the server stops. */
export async function backendOf(
  endpoint: string,
  options: BackendOptions,
  stop: () => Promise<void>,
): Promise<Backend> {
  try {
    return backendAt(endpoint, options, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function closeAll(connections: readonly Connection[], stop: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(connections.map((connection) => connection.close()))
  } finally {
    await stop()
  }
}

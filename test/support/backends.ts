import { randomUUID } from 'node:crypto'
import type { Logger } from '@waybill/sqs'
import { type Backend, embedded, endpoint, simulate, systemClock } from '@waybill/testing'
import { describe, inject, test as plainTest } from 'vitest'

type Name = 'simulator' | 'embedded' | 'localstack'
interface Subject<B extends Opened> {
  readonly name: Name
  /** How its connections make the hot calls, if not by the AWS SDK. */
  readonly transport?: 'direct'
  readonly open: () => Promise<B>
}
type Opened = Pick<Backend, 'connect' | 'close'>

const LOGS_NOTHING: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => LOGS_NOTHING }

// on real time, as the others: here a test is not about the simulator's own clock
const simulator: Subject<Opened> = {
  name: 'simulator',
  open: async () => {
    const account = simulate({ clock: systemClock })
    return {
      connect: ({ logger, namePrefix } = {}) => account.connect({ logger, namePrefix }),
      close: () => account.close(),
    }
  },
}
/** Those that other processes can reach. */
const endpoints: readonly Subject<Backend>[] = [
  { name: 'embedded', open: () => embedded({ logger: LOGS_NOTHING }) },
  {
    name: 'embedded',
    transport: 'direct',
    open: () => embedded({ logger: LOGS_NOTHING, transport: 'direct' }),
  },
  ...(inject('localstack').state === 'skipped'
    ? []
    : ([
        { name: 'localstack', open: () => openLocalStack() },
        { name: 'localstack', transport: 'direct', open: () => openLocalStack('direct') },
      ] as const)),
]

async function openLocalStack(transport?: 'direct'): Promise<Backend> {
  const localstack = inject('localstack')
  if (localstack.state === 'running') return endpoint(localstack.endpoint, { logger: LOGS_NOTHING, transport })
  throw new Error(`LocalStack: ${localstack.reason}`)
}

/**
 * Tests over one backend. `backend` is shared by the file; `namePrefix` is each test's own, and `aws` a connection with it.
 */
const testOn = <B extends Opened>({ open }: Subject<B>) =>
  plainTest
    .extend('backend', { scope: 'file' }, async ({}, { onCleanup }) => {
      const backend = await open()
      onCleanup(() => backend.close())
      return backend
    })
    .extend('namePrefix', () => `t${randomUUID().slice(0, 8)}-`)
    .extend('aws', ({ backend, namePrefix }, { onCleanup }) => {
      const connection = backend.connect({ namePrefix })
      onCleanup(() => connection.close())
      return connection
    })

export interface Suite<B extends Opened> {
  readonly test: ReturnType<typeof testOn<B>>
  readonly transport: 'direct' | undefined
  /**
   * For a test that a backend is known to get wrong, with the reason: there the test must fail, so that the entry goes
   * when the backend is mended.
   *
   * @example
   * test('a receive brings ten of a group', differs({ embedded: 'one message per group and receive' }), async ({ aws }) => …)
   */
  differs(known: Readonly<Partial<Record<Name, string>>>): { readonly fails: boolean }
}

/** One suite over every backend that this run has. */
export function describeEachBackend(behaviour: string, define: (suite: Suite<Opened>) => void): void {
  describeEach([simulator, ...endpoints], behaviour, define)
}

/** One suite over every backend that this run has and that processes can reach: `backend.endpoint` says where. */
export function describeEachEndpoint(behaviour: string, define: (suite: Suite<Backend>) => void): void {
  describeEach(endpoints, behaviour, define)
}

/** Likewise, one backend after another: for many processes, which are to share the machine with no more. */
export function describeEndpointsInTurn(behaviour: string, define: (suite: Suite<Backend>) => void): void {
  describeEach(endpoints, behaviour, define, describe)
}

function describeEach<B extends Opened>(
  subjects: readonly Subject<B>[],
  behaviour: string,
  define: (suite: Suite<B>) => void,
  describeOne: typeof describe | typeof describe.concurrent = describe.concurrent,
): void {
  for (const subject of subjects) {
    // Outside of describe: vitest wants fixtures of a file there.
    const test = testOn(subject)
    const { name, transport } = subject
    describeOne(`${behaviour} (${[name, transport].filter(Boolean).join(', ')})`, () => {
      define({ test, transport, differs: (known) => ({ fails: known[name] !== undefined }) })
    })
  }
}

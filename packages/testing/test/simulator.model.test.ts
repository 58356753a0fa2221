import { simulate, type Simulation, VirtualClock } from '@waybill/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { QueueModel, type QueueRules, type Receipt } from './support/queue-model.ts'
import { runs } from './support/runs.ts'

const SECOND = 1_000
const VISIBILITY = 30 * SECOND

/** Of which receive: 0 is the last one. */
const which = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, fc.nat(30))
const send = fc.record({
  act: fc.constant('send' as const),
  group: fc.constantFrom('a', 'a', 'b', 'c'),
  deduplicationId: fc.constantFrom('x', 'y', 'unique', 'unique', 'unique'),
  delay: fc.constantFrom(0, 0, 0, 5),
})
const receive = fc.record({
  act: fc.constant('receive' as const),
  dead: fc.constantFrom(false, false, false, false, true),
  max: fc.constantFrom(1, 2, 3, 10),
  visibility: fc.constantFrom(undefined, undefined, 0, 2, 120),
})
const change = fc.record({
  act: fc.constant('change' as const),
  which,
  visibility: fc.constantFrom(0, 0, 0, 10, 60, 150, 43_190, 43_200),
})
const remove = fc.record({ act: fc.constant('delete' as const), which })
const advance = fc.record({
  act: fc.constant('advance' as const),
  seconds: fc.constantFrom(1, 1, 3, 11, 31, 61, 130, 310),
})
const beyond = fc.record({ act: fc.constant('advance' as const), seconds: fc.constantFrom(610, 910) })
const purge = fc.record({ act: fc.constant('purge' as const) })

const program = fc.record({
  perGroup: fc.boolean(),
  reorder: fc.constantFrom(0, 0.5),
  maxReceiveCount: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(
    fc.oneof(
      { weight: 36, arbitrary: send },
      { weight: 24, arbitrary: receive },
      { weight: 16, arbitrary: change },
      { weight: 10, arbitrary: remove },
      { weight: 14, arbitrary: advance },
      { weight: 1, arbitrary: beyond },
      { weight: 1, arbitrary: purge },
    ),
    { maxLength: 80, size: 'max' },
  ),
})
type Program = typeof program extends fc.Arbitrary<infer Value> ? Value : never
type Step<Act> = Extract<Program['steps'][number], { readonly act: Act }>

/** The name of the error that it was refused with. */
async function refusalOf(answer: Promise<unknown>): Promise<string | undefined> {
  try {
    await answer
    return undefined
  } catch (error) {
    if (error instanceof Error) return error.name
    throw error
  }
}

interface Content {
  readonly body: string
  readonly group: string | undefined
  readonly receives: number
}
type Contents = Readonly<Record<'visible' | 'inFlight' | 'delayed', readonly Content[]>>

/** What of the contents is promised: on FIFO, also the order in each group. */
function promised({ visible, inFlight, delayed }: Contents, fifo: boolean) {
  const key = ({ body, group = '' }: Content) => (fifo ? group : body)
  const sorted = (messages: readonly Content[]) =>
    messages
      .map(({ body, group, receives }) => ({ body, group, receives }))
      .toSorted((one, other) => key(one).localeCompare(key(other)))
  return { visible: sorted(visible), inFlight: sorted(inFlight), delayed: sorted(delayed) }
}

/** A queue of the simulator, and the model of it. */
async function createQueue(aws: Simulation, name: string, rules: QueueRules, redrive?: Record<string, unknown>) {
  const { fifo, perGroup, retention, visibility } = rules
  const { QueueUrl = '' } = await aws.api.sqs.createQueue({
    QueueName: aws.queueName({ name, fifo }),
    Attributes: {
      MessageRetentionPeriod: `${retention / SECOND}`,
      VisibilityTimeout: `${visibility / SECOND}`,
      ...(fifo && { FifoQueue: 'true', DeduplicationScope: perGroup ? 'messageGroup' : 'queue' }),
      ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
    },
  })
  const model = new QueueModel(rules, () => aws.clock.now())
  return { QueueUrl, model, contents: () => aws.contents({ name, fifo }) }
}
type Queue = Awaited<ReturnType<typeof createQueue>>

/** Runs a program on a simulated queue and on the model, which judges each answer. */
async function play({ perGroup, reorder, maxReceiveCount, steps }: Program, fifo: boolean, redrives: boolean) {
  const clock = new VirtualClock()
  await using aws = simulate({ clock, reorder })
  const { sqs } = aws.api
  const rules = { fifo, perGroup, visibility: VISIBILITY }
  const dead = await createQueue(aws, 'dead', { ...rules, retention: 900 * SECOND })
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] })
  const deadLetters = redrives ? { queue: dead.model, maxReceiveCount } : undefined
  const redrive = redrives ? { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount } : undefined
  const main = await createQueue(aws, 'main', { ...rules, retention: 600 * SECOND, deadLetters }, redrive)
  const receipts: { readonly queue: Queue; readonly receipt: Receipt }[] = []

  async function send({ group, delay, deduplicationId }: Step<'send'>, index: number) {
    const body = `${index}`
    const sent = { body, group, deduplicationId: deduplicationId === 'unique' ? body : deduplicationId }
    const { MessageId = '', SequenceNumber } = await sqs.sendMessage({
      QueueUrl: main.QueueUrl,
      MessageBody: body,
      MessageGroupId: group,
      ...(fifo ? { MessageDeduplicationId: sent.deduplicationId } : { DelaySeconds: delay }),
    })
    main.model.sent({ ...sent, delay: fifo ? 0 : delay * SECOND }, MessageId, SequenceNumber)
  }

  async function receive({ dead: ofDead, max, visibility }: Step<'receive'>) {
    const queue = ofDead ? dead : main
    const known = dead.model.messages.map(({ id }) => id)
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: queue.QueueUrl,
      MaxNumberOfMessages: max,
      VisibilityTimeout: visibility,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    })
    const received = Messages.map(({ MessageId = '', Body, ReceiptHandle = '', Attributes }) => {
      const receives = Number(Attributes?.ApproximateReceiveCount)
      return { id: MessageId, body: Body, handle: ReceiptHandle, receives }
    })
    const visible = redrives && !ofDead ? dead.contents().visible : []
    const moved = visible.map(({ messageId }) => messageId).filter((id) => !known.includes(id))
    const hidden = visibility === undefined ? VISIBILITY : visibility * SECOND
    for (const receipt of queue.model.received(received, max, hidden, moved)) receipts.push({ queue, receipt })
  }

  async function remove({ which }: Step<'delete'>) {
    const { queue, receipt } = receipts.at(-1 - (which % receipts.length)) ?? { queue: main }
    const ReceiptHandle = receipt?.handle ?? 'garbage'
    const refusal = await refusalOf(sqs.deleteMessage({ QueueUrl: queue.QueueUrl, ReceiptHandle }))
    const left = () => Object.values(queue.contents()).flat()
    if (!receipt) expect(refusal).toBe('ReceiptHandleIsInvalid')
    else queue.model.deleted(receipt, refusal, (id) => left().some(({ messageId }) => messageId === id))
  }

  async function change({ which, visibility }: Step<'change'>) {
    const { queue, receipt } = receipts.at(-1 - (which % receipts.length)) ?? { queue: main }
    const asked = { ReceiptHandle: receipt?.handle ?? 'garbage', VisibilityTimeout: visibility }
    const refusal = await refusalOf(sqs.changeMessageVisibility({ QueueUrl: queue.QueueUrl, ...asked }))
    if (!receipt) expect(refusal).toBe('ReceiptHandleIsInvalid')
    else queue.model.changed(receipt, visibility * SECOND, refusal)
  }

  for (const [index, step] of steps.entries()) {
    if (step.act === 'send') await send(step, index)
    else if (step.act === 'receive') await receive(step)
    else if (step.act === 'delete') await remove(step)
    else if (step.act === 'change') await change(step)
    // a millisecond more, so that nothing is due at the very moment of a step
    else if (step.act === 'advance') await clock.advance(`${step.seconds * SECOND + 1}ms`)
    else main.model.purged(await refusalOf(sqs.purgeQueue({ QueueUrl: main.QueueUrl })))
  }
  for (const { model, contents } of [main, dead]) {
    expect(promised(contents(), fifo)).toEqual(promised(model.contents(), fifo))
  }
}

const times = runs(200)

test.each([
  ['standard queue', false, false],
  ['FIFO queue', true, false],
  ['standard queue with a dead-letter queue', false, true],
  ['FIFO queue with a dead-letter queue', true, true],
])(
  'a simulated %s keeps what SQS promises, whatever is asked of it',
  (_kind, fifo, redrives) =>
    fc.assert(
      fc.asyncProperty(program, (given) => play(given, fifo, redrives)),
      { numRuns: times },
    ),
  30_000 + 100 * times,
)

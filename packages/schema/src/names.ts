import { quote } from '@waybill/core'
import { ContractError } from './contract-error.ts'
import { describeValue } from './describe-value.ts'

const FIFO_SUFFIX = '.fifo'

/** SQS's limit, `.fifo` included (CreateQueue). */
const MAX_QUEUE_NAME = 80
/** SNS's limit, `.fifo` included (CreateTopic). */
const MAX_TOPIC_NAME = 256

/** Comes first: where the name is missing, the options stand in its place. */
export function checkIsName(label: string, name: unknown): asserts name is string {
  if (typeof name === 'string') return
  throw new ContractError('definition', `${label}: ${describeValue(name)} is not a name. Write a string.`)
}

export function checkQueueName(label: string, name: unknown, fifo: boolean): void {
  checkName(label, name, fifo, MAX_QUEUE_NAME, 'SQS')
}

export function checkTopicName(label: string, name: unknown, fifo: boolean): void {
  checkName(label, name, fifo, MAX_TOPIC_NAME, 'SNS')
}

function checkName(label: string, name: unknown, fifo: boolean, max: number, whose: string): void {
  checkIsName(label, name)
  const refuse = (why: string) => new ContractError('definition', `${label}: ${quote(name)} ${why}`)
  if (/^(arn|https?):/.test(name))
    throw refuse('is a URL or an ARN, not a name. Write a name, and say where it is with connect({ locate }).')
  if (name.endsWith(FIFO_SUFFIX))
    throw refuse(
      `ends in '.fifo', which is added for you. Write '${name.slice(0, -FIFO_SUFFIX.length)}'${fifo ? '' : ' and fifo: true'}.`,
    )
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw refuse(`is not a name. ${whose} takes letters, digits, '-' and '_'.`)
  const length = name.length + (fifo ? FIFO_SUFFIX.length : 0)
  if (length > max)
    throw refuse(
      `has ${length} characters${fifo ? " with '.fifo'" : ''}. ${whose} takes at most ${max}. Write a shorter one.`,
    )
}

/** Waybill's own bound: 150 such types are a filter policy of 16 KB, far under SNS's 256 KB. */
const MAX_TYPE = 100

/** A type is an attribute's value and a filter policy's, and goes into logs and metrics: plain characters only. */
export function checkType(type: unknown): void {
  if (typeof type === 'string' && /^[A-Za-z0-9._/-]+$/.test(type) && type.length <= MAX_TYPE) return
  throw new ContractError(
    'definition',
    `defineMessage: ${describeValue(type)} is not a message type. Write 1 to ${MAX_TYPE} letters, digits, '.', '_', '-' or '/', as in 'order.paid'.`,
  )
}

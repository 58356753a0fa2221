import { quote } from '@waybill/core'
import { ContractError } from './contract-error.ts'

const FIFO_SUFFIX = '.fifo'

/** SQS's limit, `.fifo` included (CreateQueue). */
const MAX_QUEUE_NAME = 80
/** SNS's limit, `.fifo` included (CreateTopic). */
const MAX_TOPIC_NAME = 256

export function checkQueueName(label: string, name: unknown, fifo: boolean): void {
  checkName(label, name, fifo, MAX_QUEUE_NAME, 'SQS')
}

export function checkTopicName(label: string, name: unknown, fifo: boolean): void {
  checkName(label, name, fifo, MAX_TOPIC_NAME, 'SNS')
}

function checkName(label: string, name: unknown, fifo: boolean, max: number, whose: string): void {
  const refuse = (why: string) => new ContractError('definition', `${label}: ${quote(name)} ${why}`)
  if (typeof name !== 'string') throw refuse('is not a name. Write a string.')
  if (name.endsWith(FIFO_SUFFIX))
    throw refuse(
      `ends in '.fifo', which is added for you. Write '${name.slice(0, -FIFO_SUFFIX.length)}' and fifo: true.`,
    )
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw refuse(`is not a name. ${whose} takes letters, digits, '-' and '_'.`)
  const length = name.length + (fifo ? FIFO_SUFFIX.length : 0)
  if (length > max)
    throw refuse(`has ${length} characters${fifo ? " with '.fifo'" : ''}. ${whose} takes at most ${max}.`)
}

/** Waybill's own bound: 150 such types are a filter policy of 16 KB, far under SNS's 256 KB. */
const MAX_TYPE = 100

/** A type is an attribute's value and a filter policy's, and goes into logs and metrics: plain characters only. */
export function checkType(type: unknown): void {
  if (typeof type === 'string' && /^[A-Za-z0-9._/-]+$/.test(type) && type.length <= MAX_TYPE) return
  throw new ContractError(
    'definition',
    `defineMessage: ${quote(type)} is not a message type. Write 1 to ${MAX_TYPE} letters, digits, '.', '_', '-' or '/', as in 'order.paid'.`,
  )
}

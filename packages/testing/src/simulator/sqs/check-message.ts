import { ATTRIBUTE_NAME_LENGTH, ATTRIBUTES, DELAY_SECONDS, GROUP_ID, LEGAL_TEXT } from '@waybill/sqs'
import { AwsError, invalidValue, missing } from '../aws-error.ts'
import type { MessageAttributes } from '../queue/message.ts'

/** What a SendMessage or an entry of a SendMessageBatch may say. */
export interface Sent {
  readonly MessageBody: string | undefined
  readonly MessageAttributes?: MessageAttributes | undefined
  readonly MessageGroupId?: string | undefined
  readonly MessageDeduplicationId?: string | undefined
  readonly DelaySeconds?: number | undefined
}

const ILLEGAL =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'
const TYPE = /^(String|Number|Binary)(\..+)?$/

/** In UTF-8 bytes, as SQS counts: the body, and each attribute's name, type and value. */
export function sizeOf({ MessageBody = '', MessageAttributes = {} }: Sent): number {
  let bytes = Buffer.byteLength(MessageBody)
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(MessageAttributes))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(BinaryValue ?? StringValue)
  return bytes
}

/** Throws what SQS refuses a message with, its size apart. */
export function checkMessage(sent: Sent, fifo: boolean): void {
  const { DelaySeconds, MessageAttributes, MessageBody, MessageDeduplicationId, MessageGroupId } = sent
  if (!MessageBody) throw missing('MessageBody')
  if (!LEGAL_TEXT.test(MessageBody)) throw new AwsError('InvalidMessageContents', ILLEGAL)
  if (MessageGroupId !== undefined) checkId('MessageGroupId', MessageGroupId)
  if (MessageDeduplicationId !== undefined) {
    checkId('MessageDeduplicationId', MessageDeduplicationId)
    if (!fifo) throw notOfThisType('MessageDeduplicationId', MessageDeduplicationId)
  }
  checkDelay(DelaySeconds, fifo)
  checkAttributes(MessageAttributes ?? {})
}

function checkDelay(seconds: number | undefined, fifo: boolean): void {
  if (seconds === undefined || (seconds === 0 && fifo)) return
  if (fifo) throw notOfThisType('DelaySeconds', seconds)
  if (!(seconds >= 0 && seconds <= DELAY_SECONDS))
    throw invalidValue(
      `Value ${seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${DELAY_SECONDS}.`,
    )
}

function notOfThisType(parameter: string, value: string | number) {
  return invalidValue(
    `Value ${value} for parameter ${parameter} is invalid. Reason: The request include parameter that is not valid for this queue type.`,
  )
}

function checkId(parameter: string, id: string): void {
  if (GROUP_ID.test(id)) return
  throw invalidValue(
    `Value ${id} for parameter ${parameter} is invalid. Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  )
}

function checkAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes)
  if (entries.length > ATTRIBUTES)
    throw invalidValue(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${ATTRIBUTES}].`)
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of entries) {
    if (/^(aws|amazon)\./i.test(name) || name.startsWith('.') || name.endsWith('.'))
      throw invalidValue(
        "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
      )
    // letters beyond ASCII are taken, whatever the documentation says (facts 13)
    if (!/^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(name))
      throw invalidValue(
        'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
      )
    if (name.length > ATTRIBUTE_NAME_LENGTH)
      throw invalidValue(`Message (user) attribute names must be shorter than ${ATTRIBUTE_NAME_LENGTH} Bytes`)
    if (DataType.length > 256) throw invalidValue('Message (user) attribute types must be shorter than 256 Bytes')
    if (!TYPE.test(DataType))
      throw invalidValue(
        `Type for parameter MessageAttributes.${name}.DataType must be prefixed with "String", "Binary", or "Number", but was: ${DataType}`,
      )
    const [type = ''] = DataType.split('.')
    if (type === 'Binary' ? StringValue !== '' : BinaryValue)
      throw invalidValue(
        `The message attribute '${name}' with type '${type}' must use field '${type === 'Binary' ? 'Binary' : 'String'}'.`,
      )
    if ((BinaryValue?.length ?? StringValue.length) === 0)
      throw invalidValue(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`)
    if (!LEGAL_TEXT.test(StringValue)) throw invalidValue(ILLEGAL)
    if (type === 'Number' && !isNumber(StringValue))
      throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  }
}

/** Up to 38 digits, from 1e-128 to 1e126 ("Amazon SQS message metadata"). */
export function isNumber(text: string): boolean {
  const [, digits = ''] = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.exec(text) ?? []
  const value = Math.abs(Number(text))
  const inRange = value === 0 || (value >= 1e-128 && value <= 1e126)
  return digits !== '' && digits.replace('.', '').length <= 38 && inRange
}

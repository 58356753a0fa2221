import { ATTRIBUTE_NAME_LENGTH, GROUP_ID, TOPIC_BYTES } from '@waybill/sqs'
import { AwsError, invalidParameter } from '../aws-error.ts'
import { isNumber, sizeOf } from '../sqs/check-message.ts'
import { isRecord, parsedJson } from '../json.ts'
import type { MessageAttributes } from '../queue/message.ts'
import type { Topic } from './topic.ts'

/** What a Publish or an entry of a PublishBatch may say. */
export interface Notice {
  readonly Message: string | undefined
  readonly Subject?: string | undefined
  readonly MessageStructure?: string | undefined
  readonly MessageAttributes?: MessageAttributes | undefined
  readonly MessageGroupId?: string | undefined
  readonly MessageDeduplicationId?: string | undefined
}

export const sizeOfNotice = ({ Message, MessageAttributes }: Notice): number =>
  sizeOf({ MessageBody: Message, MessageAttributes })

/** Bytes of one message, and of one batch. */
export const limitOf = ({ attributes }: Topic): number => Number(attributes['MaximumMessageSize'] ?? TOPIC_BYTES)

/** Throws what SNS refuses a message with. */
export function checkNotice(topic: Topic, notice: Notice): void {
  const { Message, MessageAttributes = {}, MessageDeduplicationId, MessageGroupId, Subject } = notice
  if (!Message) throw invalidParameter('Empty message')
  if (Subject !== undefined && !/^[^\r\n]{1,99}$/.test(Subject)) throw invalidParameter('Subject')
  if (sizeOfNotice(notice) > limitOf(topic)) throw invalidParameter('Message too long')
  textForSqs(notice)
  checkAttributes(MessageAttributes)
  for (const [name, id] of Object.entries({ MessageGroupId, MessageDeduplicationId }))
    if (id !== undefined && !GROUP_ID.test(id))
      throw invalidParameter(
        `${name} Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      )
  if (topic.fifo) {
    if (MessageGroupId === undefined) throw invalidParameter('The MessageGroupId parameter is required for FIFO topics')
    if (MessageDeduplicationId === undefined && topic.attributes['ContentBasedDeduplication'] !== 'true')
      throw invalidParameter(
        'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      )
  } else if (MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
  }
}

/** The text for SQS. */
export function textForSqs({ Message = '', MessageStructure }: Notice): string {
  if (MessageStructure !== 'json') return Message
  const texts = parsedJson(Message)
  if (!isRecord(texts)) throw invalidParameter('Message Structure - JSON message body failed to parse')
  if (typeof texts['default'] !== 'string')
    throw invalidParameter('Message Structure - No default entry in JSON message body')
  return typeof texts['sqs'] === 'string' ? texts['sqs'] : texts['default']
}

function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, { BinaryValue, DataType = '', StringValue = '' }] of Object.entries(attributes)) {
    checkName(name)
    const [type = ''] = DataType.split('.')
    if (!['String', 'Number', 'Binary'].includes(type))
      throw refused(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      )
    if ((BinaryValue?.length ?? StringValue.length) === 0)
      throw refused(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      )
    if (type === 'Number' && !isNumber(StringValue))
      throw refused(`Could not cast message attribute '${name}' value to number.`)
  }
}

function checkName(name: string): void {
  if (name.includes('..')) throw refused("Message attribute name can not have successive '.' character.")
  for (const [where, isThere] of [
    ['starting', name.startsWith('.')],
    ['ending', name.endsWith('.')],
  ] as const)
    if (isThere) throw refused(`Invalid message attribute name ${where} with character '.' was found.`)
  const [illegal] = /[^\w.-]/u.exec(name) ?? []
  if (illegal !== undefined)
    throw refused(
      `Invalid non-alphanumeric character '#x${illegal.codePointAt(0)?.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    )
  if (name.length > ATTRIBUTE_NAME_LENGTH)
    throw refused('Length of message attribute name must be less than 256 bytes.')
}

const refused = (message: string) => new AwsError('ParameterValueInvalid', message)

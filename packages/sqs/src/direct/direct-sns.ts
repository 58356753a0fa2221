import { parseXML } from '@aws-sdk/xml-builder'
import type { HotSnsApi } from '../aws-api.ts'
import { fieldOf, stringOf } from '../fields-of.ts'
import type { HttpAnswer } from '../http/http-client.ts'
import { refusedError } from '../refused.ts'
import type { SignedPost } from './signed-post.ts'

type PublishBatchInput = Parameters<HotSnsApi['publishBatch']>[0]
type Entry = NonNullable<PublishBatchInput['PublishBatchRequestEntries']>[number]

/** SNS's one hot call. SNS has the query protocol only: a form out, XML back. */
export function directSns(post: SignedPost): HotSnsApi {
  return {
    async publishBatch(input, { abortSignal } = {}) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await post(headers, formOf(input).toString(), abortSignal)
      const xml = parsedXml(answer.body.toString())
      const result = fieldOf(fieldOf(xml, 'PublishBatchResponse'), 'PublishBatchResult')
      if (answer.status !== 200 || result === undefined) throw refusal(answer, xml)
      return { Successful: members(result, 'Successful').map(accepted), Failed: members(result, 'Failed').map(failed) }
    },
  }
}

function formOf({ TopicArn = '', PublishBatchRequestEntries = [] }: PublishBatchInput): URLSearchParams {
  const form = new URLSearchParams({ Action: 'PublishBatch', Version: '2010-03-31', TopicArn })
  for (const [index, entry] of PublishBatchRequestEntries.entries()) {
    const at = `PublishBatchRequestEntries.member.${index + 1}`
    for (const [name, value] of fieldsOfEntry(entry)) if (value !== undefined) form.append(`${at}.${name}`, value)
  }
  return form
}

function fieldsOfEntry({ MessageAttributes = {}, ...entry }: Entry): [string, string | undefined][] {
  const { Id, Message, MessageGroupId, MessageDeduplicationId } = entry
  const attributes = Object.entries(MessageAttributes).flatMap(
    ([name, { DataType, StringValue, BinaryValue }], index) => {
      const at = `MessageAttributes.entry.${index + 1}`
      return [
        [`${at}.Name`, name],
        [`${at}.Value.DataType`, DataType],
        [`${at}.Value.StringValue`, StringValue],
        [`${at}.Value.BinaryValue`, BinaryValue && Buffer.from(BinaryValue).toString('base64')],
      ] satisfies [string, string | undefined][]
    },
  )
  return [...Object.entries({ Id, Message, MessageGroupId, MessageDeduplicationId }), ...attributes]
}

const accepted = (member: unknown) => ({
  Id: stringOf(member, 'Id'),
  MessageId: stringOf(member, 'MessageId'),
  SequenceNumber: stringOf(member, 'SequenceNumber'),
})

function failed(member: unknown) {
  const fault = stringOf(member, 'SenderFault')
  return {
    Id: stringOf(member, 'Id'),
    Code: stringOf(member, 'Code'),
    Message: stringOf(member, 'Message'),
    SenderFault: fault === undefined ? undefined : fault === 'true',
  }
}

/** An element that comes once is no list. */
function members(result: unknown, list: string): readonly unknown[] {
  const member = fieldOf(fieldOf(result, list), 'member')
  if (member === undefined) return []
  return Array.isArray(member) ? member : [member]
}

function refusal({ status }: HttpAnswer, xml: unknown): Error {
  const error = fieldOf(fieldOf(xml, 'ErrorResponse'), 'Error')
  return refusedError({
    name: stringOf(error, 'Code') ?? '',
    message: stringOf(error, 'Message') ?? `HTTP ${status}`,
    status,
  })
}

/** Undefined when it is not XML: what a proxy says, for instance. */
function parsedXml(text: string): unknown {
  try {
    return parseXML(text)
  } catch {
    return undefined
  }
}

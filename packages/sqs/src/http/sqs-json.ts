import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { fieldOf, isObject } from '../fields-of.ts'
import { mapValues } from '../map-values.ts'

// SQS's JSON protocol, for its hot calls.

// The mode asks for the query protocol's codes beside the shapes of errors.
const HEADERS = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-mode': 'true' }

const LISTS = ['Messages', 'Successful', 'Failed']

/** `action`: `SendMessageBatch`. */
export function headersOf(action: string): Record<string, string> {
  return { ...HEADERS, 'x-amz-target': `AmazonSQS.${action}` }
}

/** The input of a call as it is, but that what is binary is base64. */
export function bodyOf(input: object): string {
  if (!('Entries' in input) || !Array.isArray(input.Entries)) return JSON.stringify(input)
  return JSON.stringify({ ...input, Entries: input.Entries.map(toJsonEntry) })
}

interface Entry {
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined
}

function toJsonEntry(entry: Entry): Entry | object {
  const { MessageAttributes } = entry
  if (!MessageAttributes || !hasBinary(MessageAttributes)) return entry
  return { ...entry, MessageAttributes: mapValues(MessageAttributes, toJsonAttribute) }
}

function toJsonAttribute({ BinaryValue, ...rest }: MessageAttributeValue): object {
  return BinaryValue === undefined ? rest : { ...rest, BinaryValue: Buffer.from(BinaryValue).toString('base64') }
}

function hasBinary(attributes: Readonly<Record<string, MessageAttributeValue>>): boolean {
  return Object.keys(attributes).some((name) => attributes[name]?.BinaryValue !== undefined)
}

/** Whether the lists of an answer are lists. SQS leaves out what is empty; emulators may say null. */
export function hasLists(answer: object): boolean {
  return LISTS.every((name) => {
    const list = fieldOf(answer, name)
    return list === undefined || list === null || (Array.isArray(list) && list.every(isObject))
  })
}

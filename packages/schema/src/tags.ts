import { isDictionary, OptionsError, quote } from '@waybill/core'

/** Tags of a queue or topic, by their keys: for cost reports and for conditions in IAM policies. */
export type Tags = Readonly<Record<string, string>>

// AWS's bounds ("Tag naming and usage conventions"; SQS TagQueue, SNS TagResource).
const MAX_TAGS = 50
const MAX_KEY = 128
const MAX_VALUE = 256
const LEGAL = /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u
const RULE = "letters, digits, spaces, '_', '.', ':', '/', '=', '+', '-' or '@'"

/** Checks tags and copies them. `name` is the option's. */
export function resolveTags(name: string, tags: unknown = {}): Tags {
  if (!isDictionary(tags))
    throw new OptionsError(`${name}: ${quote(tags)} is not an object of tags. Write { team: 'billing' }.`)
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS)
    throw new OptionsError(`${name}: these are ${entries.length}, and AWS takes at most ${MAX_TAGS}. Leave some out.`)
  return Object.freeze(
    Object.fromEntries(entries.map(([key, value]) => [checkKey(name, key), checkValue(name, key, value)])),
  )
}

function checkKey(name: string, key: string): string {
  if (/^aws:/i.test(key))
    throw new OptionsError(`${name}: the key ${quote(key)} begins with 'aws:', which is AWS's own. Write another key.`)
  if (key.length === 0 || key.length > MAX_KEY)
    throw new OptionsError(
      `${name}: the key ${quote(key)} has ${key.length} characters, and AWS takes 1 to ${MAX_KEY}. Write another key.`,
    )
  if (!LEGAL.test(key))
    throw new OptionsError(`${name}: the key ${quote(key)} has characters that AWS does not take. Write ${RULE}.`)
  return key
}

function checkValue(name: string, key: string, value: unknown): string {
  if (typeof value !== 'string')
    throw new OptionsError(`${name}: ${quote(key)} is ${quote(value)}, which is not a string. Write it in quotes.`)
  if (value.length > MAX_VALUE)
    throw new OptionsError(
      `${name}: ${quote(key)} has ${value.length} characters, and AWS takes at most ${MAX_VALUE}. Write fewer.`,
    )
  if (!LEGAL.test(value))
    throw new OptionsError(
      `${name}: ${quote(key)} is ${quote(value)}, which has characters that AWS does not take. Write ${RULE}.`,
    )
  return value
}

import type { MessageAttributeValue } from '@waybill/sqs'
import { isArray, isRecord, isScalar, parsedJson, type Scalar } from '../json.ts'

/** What a filter policy sees of a message: the values of each key. None when SNS can't read the message. */
type Fields = ReadonlyMap<string, readonly Scalar[]>

const NONE: Fields = new Map()

/** Dots in names and dots for nesting are the same to SNS, and arrays only add values to their key. */
export function bodyFields(body: string): Fields {
  const json = parsedJson(body)
  if (!isRecord(json)) return NONE
  const fields = new Map<string, Scalar[]>()
  const add = (key: string, value: Scalar) => {
    const values = fields.get(key)
    if (values) values.push(value)
    else fields.set(key, [value])
  }
  const found: [key: string, value: unknown][] = Object.entries(json)
  for (const [key, value] of found) {
    if (isArray(value)) for (const element of value) found.push([key, element])
    else if (isRecord(value)) for (const [name, inner] of Object.entries(value)) found.push([`${key}.${name}`, inner])
    else if (isScalar(value)) add(key, value)
  }
  return fields
}

export function attributeFields(attributes: Readonly<Record<string, MessageAttributeValue>>): Fields {
  const fields = new Map<string, readonly Scalar[]>()
  for (const [name, attribute] of Object.entries(attributes)) {
    const values = attributeValues(attribute)
    if (values === undefined) return NONE
    if (values.length > 0) fields.set(name, values)
  }
  return fields
}

function attributeValues({ DataType = '', StringValue = '' }: MessageAttributeValue): readonly Scalar[] | undefined {
  const [type, label] = DataType.split('.')
  if (type === 'Binary') return []
  if (label === 'Array') {
    const array = parsedJson(StringValue)
    return isArray(array) && array.every(isScalar) ? array : undefined
  }
  return [type === 'Number' ? Number(StringValue) : StringValue]
}

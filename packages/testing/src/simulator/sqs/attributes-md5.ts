import { createHash } from 'node:crypto'
import type { MessageAttributes } from '../queue/message.ts'

export const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** "Calculating the MD5 message digest for message attributes", developer guide. Undefined for no attributes. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).toSorted()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const add = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const name of names) {
    const { BinaryValue, DataType = '', StringValue = '' } = attributes[name] ?? {}
    add(Buffer.from(name))
    add(Buffer.from(DataType))
    hash.update(Uint8Array.of(BinaryValue ? 2 : 1))
    add(BinaryValue ?? Buffer.from(StringValue))
  }
  return hash.digest('hex')
}

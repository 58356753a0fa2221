import { decode, defineMessage, encode } from 'waybill'
import { contracts } from '../contracts/index.ts'
import { each, type Group } from './part.ts'

const sizes = [
  ['130 bytes', contracts.order],
  ['2 KB', contracts.nested],
] as const

/** Reading and writing bodies: with what everybody pays first. */
export const payloadParts: readonly Group[] = sizes.flatMap(([size, { schema, make }]) => {
  const message = defineMessage('order', schema)
  const payload = make(17, 0)
  const body = JSON.stringify(payload)
  return [
    {
      title: `a body of ${size}, read`,
      parts: [
        each('JSON.parse', () => JSON.parse(body)),
        each('JSON.parse, zod', () => schema.parse(JSON.parse(body))),
        each('decode', () => decode(message, body, 1)),
      ],
    },
    {
      title: `a body of ${size}, written`,
      parts: [
        each('JSON.stringify', () => JSON.stringify(payload)),
        each('zod, JSON.stringify', () => JSON.stringify(schema.parse(payload))),
        each('encode', () => encode(message, payload)),
      ],
    },
  ]
})

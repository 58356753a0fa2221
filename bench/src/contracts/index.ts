import { z } from 'zod'
import type { Body } from './body.ts'
import { NestedOrder, nestedOrder } from './nested-order.ts'
import { Order, ordersOf } from './order.ts'

/** What messages say in a scenario. */
export interface Contract {
  readonly schema: z.ZodType<Body>
  /** Message `n`, whose handler takes `ms`. */
  make(n: number, ms: number): Body
}

export const contracts = {
  /** 130 bytes. */
  order: { schema: Order, make: ordersOf(130) },
  /** 64 KiB. */
  large: { schema: Order, make: ordersOf(65_536) },
  /** About 2 KB. */
  nested: { schema: NestedOrder, make: nestedOrder },
} satisfies Record<string, Contract>

export const ContractName = z.enum(['order', 'large', 'nested'])
export type ContractName = z.output<typeof ContractName>

/** Messages 0 to `count - 1`, in order. */
export function bodiesOf(contract: Contract, count: number, ms = 0): Body[] {
  return Array.from({ length: count }, (_, n) => contract.make(n, ms))
}

/** The text of a body, checked. For libraries that leave both to their user. */
export function textOf({ schema }: Contract, body: Body): string {
  return JSON.stringify(schema.parse(body))
}

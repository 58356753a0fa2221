import { $ZodCodec, type $ZodCodecDef, $ZodDate, $ZodISODateTime, _date, _isoDateTime } from 'zod/v4/core'

/**
 * A `Date` in the payload, an ISO 8601 date and time on the wire: written in UTC with milliseconds, read with `Z` or
 * any offset. Works in schemas of zod and of zod/mini; wrap it by functions, as in `z.optional(isoDate)`.
 *
 * @example
 * defineMessage('order.paid', z.object({ orderId: z.string(), paidAt: isoDate }))
 */
export const isoDate = dateCodec({
  transform: (text) => new Date(text),
  // $ZodDate has refused an invalid Date by now, so toISOString can't throw.
  reverseTransform: (date) => date.toISOString(),
})

type IsoDate = $ZodCodec<$ZodISODateTime, $ZodDate<Date>>

/** zod's constructor forgets which schemas are inside; the first signature remembers. */
function dateCodec(transforms: Pick<IsoDate['_zod']['def'], 'transform' | 'reverseTransform'>): IsoDate
function dateCodec(transforms: Pick<$ZodCodecDef, 'transform' | 'reverseTransform'>): $ZodCodec {
  const text = _isoDateTime($ZodISODateTime, { offset: true })
  return new $ZodCodec({ type: 'pipe', in: text, out: _date($ZodDate), ...transforms })
}

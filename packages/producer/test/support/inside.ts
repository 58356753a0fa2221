import type { Fault } from '@waybill/testing'

/** A fault that befalls what another makes of the call. */
export function inside(outer: Fault, inner: Fault): Fault {
  return (call, make, tools) =>
    outer(
      call,
      (input = call.input) =>
        inner({ ...call, input, entries: entriesOf(input) }, (changed = input) => make(changed), tools),
      tools,
    )
}

function entriesOf({ Entries }: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(Entries) ? Entries : []
}

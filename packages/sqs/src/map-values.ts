/** The same names, with what `map` makes of their values. */
export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  const mapped: Record<string, To> = {}
  for (const [name, value] of Object.entries(record)) put(mapped, name, map(value))
  return mapped
}

/** As an own property, whatever its name. */
export function put<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
  else record[name] = value
}

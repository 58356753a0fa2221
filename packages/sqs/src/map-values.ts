/** The same names, with what `map` makes of their values. */
export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]): [string, To] => [name, map(value)]))
}

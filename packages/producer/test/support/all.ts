/** Everything that an iterable yields; `into` has it so far. */
export async function all<Value>(values: AsyncIterable<Value>, into: Value[] = []): Promise<Value[]> {
  for await (const value of values) into.push(value)
  return into
}

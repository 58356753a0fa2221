/** 1 to `count`. */
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
export const ascending = (all: Iterable<number>) => [...all].toSorted((a, b) => a - b)

import { z } from 'zod'
import { startChild } from './child.ts'

export const ImportRun = z.object({
  /** Milliseconds. */
  took: z.number(),
  /** Milliseconds of CPU. */
  cpu: z.number(),
  /** Node's own not counted. */
  modules: z.int(),
})
export type ImportRun = z.output<typeof ImportRun>

/** A new process, which imports that and nothing else before it. */
export async function runImport(specifier: string): Promise<ImportRun> {
  const { took, cpu } = await imported(specifier)
  const { modules } = await imported(specifier, 'count')
  return { took, cpu, modules }
}

async function imported(specifier: string, ...args: readonly string[]): Promise<ImportRun> {
  await using child = startChild('import-process.ts', [specifier, ...args])
  return ImportRun.parse(await child.told)
}

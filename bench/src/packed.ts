import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const Packed = z.array(z.object({ name: z.string(), size: z.number(), unpackedSize: z.number() }))

/** What npm would publish of each of this repository's packages, by name: bytes packed, and installed. */
export function packedPackages(): ReadonlyMap<string, { readonly packed: number; readonly installed: number }> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const args = ['pack', '--workspace=packages', '--dry-run', '--json', '--silent']
  const packed = Packed.parse(JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' })))
  return new Map(packed.map(({ name, size, unpackedSize }) => [name, { packed: size, installed: unpackedSize }]))
}

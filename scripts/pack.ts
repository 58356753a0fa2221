import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Packed {
  readonly name: string
  readonly tarball: string
  readonly files: readonly string[]
}

interface NpmPacked {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Packs every package, as `npm publish` would, into a directory. Needs a build. */
export function packAll(directory: string): readonly Packed[] {
  const args = ['pack', '--workspace=packages', '--json', '--silent', `--pack-destination=${directory}`]
  const packed: readonly NpmPacked[] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }))
  return packed.map(({ name, filename, files }) => ({
    name,
    tarball: join(directory, filename),
    files: files.map((file) => file.path),
  }))
}

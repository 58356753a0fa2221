// Checks what users would install, from the tarballs: the files, publint, and whether TypeScript resolves the types.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Packed, packAll } from './pack.ts'

const NEEDED = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']
const WANTED = /^(LICENSE|README\.md|package\.json|dist\/(?<file>[\w/-]+)\.(js|d\.ts))$/

function fileProblems({ name, files }: Packed): readonly string[] {
  const missing = NEEDED.filter((file) => !files.includes(file)).map((file) => `has no ${file}`)
  const directory = join('packages', basename(name))
  const others = files.flatMap((file) => {
    const match = WANTED.exec(file)
    if (!match) return [`has ${file}, which nobody needs`]
    const source = match.groups?.['file'] && join(directory, 'src', `${match.groups['file']}.ts`)
    return source && !existsSync(source) ? [`has ${file} of a source that is gone: remove dist/ and build again`] : []
  })
  return [...missing, ...others]
}

function toolProblems(command: string, args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? [] : [`${command} says:\n${stdout}${stderr}`]
}

const directory = mkdtempSync(join(tmpdir(), 'waybill-packages-'))
try {
  for (const packed of packAll(directory)) {
    const problems = [
      ...fileProblems(packed),
      ...toolProblems('publint', [packed.tarball, '--strict']),
      ...toolProblems('attw', [packed.tarball, '--profile=esm-only', '--no-emoji']),
    ]
    for (const problem of problems) console.log(`${packed.name} ${problem}`)
    if (problems.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(directory, { recursive: true })
}

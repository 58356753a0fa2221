// Does what a user does: installs the packed packages into an empty project, type-checks its example on every supported
// TypeScript, and runs it on the oldest supported Node and on this one. The workspace's sources are out of its reach.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { packAll } from '../../scripts/pack.ts'

const OLDEST_NODE = '22.12.0'
const COMPILERS = ['typescript-5.9', 'typescript-6.0', 'typescript']
const PRINTS = 'A-1: 1250\n'.repeat(2)

const project = mkdtempSync(join(tmpdir(), 'waybill-packaging-'))

function run(command: string, args: readonly string[]): string {
  const { NODE_OPTIONS: _, ...env } = process.env
  return execFileSync(command, args, { cwd: project, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The range that this repository itself has of a package. */
function range(name: string, manifest = 'package.json'): string {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'))
  return `${name}@${devDependencies[name]}`
}

function install(): void {
  cpSync('test/packaging/project', project, { recursive: true })
  const manifest = { private: true, type: 'module', allowScripts: { node: true } }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  const packages = [
    ...packAll(project).map(({ tarball }) => tarball),
    range('zod'),
    range('@types/node'),
    range('fauxqs', 'packages/testing/package.json'),
    `node@${OLDEST_NODE}`,
  ]
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...packages])
}

try {
  install()
  for (const compiler of COMPILERS) {
    run(process.execPath, [resolve('node_modules', compiler, 'bin/tsc'), '--project', 'tsconfig.user.json'])
    console.log(`Type-checked with ${compiler}`)
  }
  for (const node of [join(project, 'node_modules/node/bin/node'), process.execPath]) {
    const version = run(node, ['--version']).trim()
    // The emulator's store is behind this flag before Node 22.13.
    const printed = run(node, ['--experimental-sqlite', '--disable-warning=ExperimentalWarning', 'dist/main.js'])
    if (printed !== PRINTS) throw new Error(`On Node ${version} the example printed:\n${printed}instead of:\n${PRINTS}`)
    console.log(`Ran on Node ${version}`)
  }
} finally {
  rmSync(project, { recursive: true })
}

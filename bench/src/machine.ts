import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { z } from 'zod'

const Manifest = z.object({ version: z.string().optional(), dependencies: z.record(z.string(), z.string()).optional() })

/** What ran where: the machine and how busy it is, Node, and every dependency as installed. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const { dependencies = {} } = manifest(new URL('../package.json', import.meta.url))
  const versions = Object.keys(dependencies).map((name) => `${name} ${version(name)}`)
  // Not the one of this directory, which the others use.
  const sdk = version('@aws-sdk/client-sqs', import.meta.resolve('waybill'))
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const system = `${platform()} ${release()} ${arch()}`
  return [
    `${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${memory}, ${system}, load ${loadavg()[0]?.toFixed(1)} at the start`,
    `Node ${process.versions.node}, ${versions.join(', ')}; Waybill's own @aws-sdk/client-sqs ${sdk}`,
  ].join('\n')
}

function version(name: string, from = import.meta.url): string {
  const path = findPackageJSON(name, from)
  return (path && manifest(path).version) ?? 'missing'
}

function manifest(path: string | URL): z.output<typeof Manifest> {
  return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
}

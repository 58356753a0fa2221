import { z } from 'zod'
import type { Sample } from './meter.ts'
import { percentile } from './percentile.ts'
import { type Requests, total } from './requests.ts'
import { bytes, micros, share, time, whole } from './words.ts'

const names = [
  'cpu',
  'rate',
  'requests',
  'allocated',
  'rss',
  'p50',
  'p99',
  'cpuPerMinute',
  'requestsPerMinute',
  'growth',
  'growthError',
  'heapGrowth',
  'each',
  'core',
  'renewals',
  'upkeep',
  'requestsPerSecond',
  'cpuPerRequest',
  'import',
  'importCpu',
  'modules',
  'packed',
  'installed',
] as const
export const FigureName = z.enum(names)
export type FigureName = z.output<typeof FigureName>

/** What can be compared, in the units that `format` takes. */
export const figures: Readonly<Record<FigureName, Figure>> = {
  cpu: { title: 'CPU/message', format: time, better: 'lower' },
  rate: { title: 'messages/s', format: whole, better: 'higher' },
  requests: { title: 'requests/message', format: (count) => count.toFixed(3), better: 'lower' },
  allocated: { title: 'allocated/message', format: bytes, better: 'lower' },
  rss: { title: 'RSS', format: bytes, better: 'lower' },
  p50: { title: 'p50', format: time, better: 'lower' },
  p99: { title: 'p99', format: time, better: 'lower' },
  cpuPerMinute: { title: 'CPU/minute', format: time, better: 'lower' },
  requestsPerMinute: { title: 'requests/minute', format: (count) => count.toFixed(1), better: 'lower' },
  growth: { title: 'growth/1,000 messages', format: bytes, better: 'lower', single: true },
  growthError: { title: 'standard error', format: bytes, better: 'lower', single: true },
  heapGrowth: { title: 'heap growth/1,000', format: bytes, better: 'lower', single: true },
  core: { title: 'core', format: share, better: 'lower', single: true },
  renewals: { title: 'renewals', format: share, better: 'lower', single: true },
  upkeep: { title: 'upkeep', format: share, better: 'lower', single: true },
  requestsPerSecond: { title: 'requests/s', format: (count) => count.toFixed(1), better: 'lower', single: true },
  cpuPerRequest: { title: 'CPU/request', format: micros, better: 'lower', single: true },
  import: { title: 'import', format: time, better: 'lower', single: true },
  importCpu: { title: 'CPU', format: time, better: 'lower', single: true },
  modules: { title: 'modules', format: whole, better: 'lower', single: true },
  packed: { title: 'packed', format: bytes, better: 'lower', single: true },
  installed: { title: 'installed', format: bytes, better: 'lower', single: true },
  each: { title: 'CPU', format: micros, better: 'lower', single: true },
}

interface Figure {
  readonly title: string
  readonly format: (value: number) => string
  readonly better: 'lower' | 'higher'
  /** Where ratios mean nothing. */
  readonly single?: true
}

/** Of one run. */
export const Figures = z.partialRecord(FigureName, z.number())
export type Figures = z.output<typeof Figures>

export interface Run {
  readonly sample: Sample
  readonly requests: Requests
}

/** `messages`: all of the run, for the requests, which are counted from its start. */
export function figuresOf({ sample, requests }: Run, messages: number): Figures {
  const { cpu, took, allocated, rss, latencies } = sample
  return {
    cpu: cpu / 1_000 / sample.messages,
    rate: (sample.messages / took) * 1_000,
    requests: total(requests) / messages,
    allocated: allocated / sample.messages,
    rss,
    ...(latencies.length > 0 && {
      p50: percentile(latencies, 0.5) / 1_000,
      p99: percentile(latencies, 0.99) / 1_000,
    }),
  }
}

/** Of a run without messages. */
export function idleFigures({ sample: { cpu, took, rss }, requests }: Run): Figures {
  const minutes = took / 60_000
  return { cpuPerMinute: cpu / 1_000 / minutes, requestsPerMinute: total(requests) / minutes, rss }
}

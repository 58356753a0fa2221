import { GCProfiler } from 'node:v8'
import { z } from 'zod'

/** What a window of a process's work cost. */
export const Sample = z.object({
  messages: z.int(),
  /** Milliseconds. */
  took: z.number(),
  /** The process's microseconds, user and system. */
  cpu: z.number(),
  /** Bytes, at the end. */
  rss: z.number(),
  /** Bytes allocated on V8's heap: what collections freed, and what the heap grew by. */
  allocated: z.number(),
  /** Microseconds from when a body was made until its handler had it, where that was asked for. */
  latencies: z.array(z.number()),
})
export type Sample = z.output<typeof Sample>

interface Meter {
  /** Ends the window, in which so many messages were dealt with. */
  stop(messages: number, latencies?: readonly number[]): Sample
}

function startMeter(allocations: boolean): Meter {
  const profiler = allocations ? new GCProfiler() : undefined
  profiler?.start()
  const heap = process.memoryUsage().heapUsed
  const began = performance.now()
  const before = process.cpuUsage()
  return {
    stop(messages, latencies = []) {
      const { user, system } = process.cpuUsage(before)
      const took = performance.now() - began
      const { heapUsed, rss } = process.memoryUsage()
      const collections = profiler?.stop().statistics ?? []
      const freed = collections.reduce((sum, gc) => sum + usedHeap(gc.beforeGC) - usedHeap(gc.afterGC), 0)
      return { messages, took, cpu: user + system, rss, allocated: freed + heapUsed - heap, latencies: [...latencies] }
    },
  }
}

export interface WindowOptions {
  /** Messages before the window begins: the first ones run slowly, until V8 has compiled what runs often. */
  readonly warmUp: number
  /** Messages in the window. */
  readonly messages: number
  /** Whether to count what is allocated, which keeps a record of every collection. Default: true. */
  readonly allocations?: boolean | undefined
}

interface Window {
  /** Messages done with so far. */
  done(): number
  /** One more is done with. Returns what the window cost when it was the last. */
  count(latencies?: readonly number[]): Sample | undefined
}

export function createWindow({ warmUp, messages, allocations = true }: WindowOptions): Window {
  let done = 0
  let meter = warmUp === 0 ? startMeter(allocations) : undefined
  return {
    done: () => done,
    count(latencies) {
      done += 1
      if (done === warmUp) meter = startMeter(allocations)
      return done === warmUp + messages ? meter?.stop(messages, latencies) : undefined
    },
  }
}

/** A window of time instead, which begins now. */
export function startTimedWindow(): { end(): Sample } {
  const meter = startMeter(true)
  return { end: () => meter.stop(0) }
}

function usedHeap({ heapStatistics }: { readonly heapStatistics: { readonly usedHeapSize: number } }): number {
  return heapStatistics.usedHeapSize
}

import { queueNames } from './contracts.ts'
import type { Progress, QueueProgress } from './progress.ts'
import type { Depths } from './queues.ts'

/** Shows progress while it happens. `end` leaves the last state on the screen. */
export interface View {
  draw(progress: Progress, depths: Depths): void
  end(): void
}

/** One line for each queue, redrawn in place, in a terminal; a plain line every second elsewhere. */
export function createView(out: NodeJS.WriteStream, options: ViewOptions): View {
  const started = Date.now()
  return out.isTTY ? liveView(out, started, options) : plainView(out, started)
}

export interface ViewOptions {
  /** Show the process ids of the workers. */
  readonly pids: boolean
  /** Aborted when the run is to end early. */
  readonly stop: AbortSignal
}

const COLUMNS = ['sent', 'waiting', 'running', 'done', 'retried', 'dead', 'done/s']
const SHOW_CURSOR = '\x1b[?25h'
const HIDE_CURSOR = '\x1b[?25l'

function liveView(out: NodeJS.WriteStream, started: number, options: ViewOptions): View {
  let height = 0
  // One write for the whole picture, each line overwritten and its rest cleared: nothing flickers.
  const draw = (lines: readonly string[]) => {
    const up = height === 0 ? HIDE_CURSOR : `\x1b[${height}A`
    out.write(up + lines.map((line) => `${line.slice(0, (out.columns || 80) - 1)}\x1b[K\n`).join(''))
    height = lines.length
  }
  return {
    draw: (progress, depths) => draw(picture(progress, depths, Date.now() - started, options)),
    end: () => void out.write(height === 0 ? '' : SHOW_CURSOR),
  }
}

function plainView(out: NodeJS.WriteStream, started: number): View {
  let due = started + 1_000
  return {
    draw(progress, depths) {
      if (Date.now() < due) return
      due += 1_000
      const queues = queueNames.map((name) => {
        const { done, killed, retried, sent } = progress.queues[name]
        const also = [`${retried} retried`, `${depths[name].dead} dead`, ...(killed > 0 ? [`${killed} killed`] : [])]
        return `${name} ${done.size}/${sent} (${also.join(', ')})`
      })
      out.write(`${seconds(Date.now() - started)}  ${queues.join('  ')}\n`)
    },
    end() {},
  }
}

/** The live view, as lines. */
function picture(progress: Progress, depths: Depths, elapsed: number, { pids, stop }: ViewOptions): string[] {
  const now = Date.now()
  const title = `${progress.published} messages published${progress.publishing ? ' so far' : ''}${stop.aborted ? '; stopping' : ''}`
  const rows = queueNames.map((name) => {
    const queue = progress.queues[name]
    const { waiting, dead } = depths[name]
    const cells = [queue.sent, waiting, runningIn(queue), queue.done.size, queue.retried, dead, rate(queue, now)]
    return row(name, cells, pids ? workersOf(queue) : '')
  })
  return [`${seconds(elapsed).padEnd(8)} ${title}`, row('queue', COLUMNS, pids ? '  process' : ''), ...rows]
}

function row(name: string, cells: readonly (number | string)[], more: string): string {
  return name.padEnd(16) + cells.map((cell) => String(cell).padStart(8)).join('') + more
}

function runningIn(queue: QueueProgress): number {
  return queue.running.values().reduce((sum, messages) => sum + messages.size, 0)
}

/** In the last second. */
function rate({ doneAt }: QueueProgress, now: number): number {
  return doneAt.length - 1 - doneAt.findLastIndex((at) => at <= now - 1_000)
}

function workersOf({ killed, running }: QueueProgress): string {
  return `  ${[...running.keys()].join(' ')}${killed > 0 ? ` (${killed} killed)` : ''}`
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

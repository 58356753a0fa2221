import { setTimeout as delay } from 'node:timers/promises'

/** Whether a process of this machine is running. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Resolves when the process has ended, or the signal aborts. */
export async function ended(pid: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && alive(pid)) await delay(500, undefined, { signal }).catch(() => undefined)
}

import type { Logger } from '@waybill/sqs'

export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that keeps its lines. */
export function capturedLog(): { readonly logger: Logger; readonly lines: readonly Line[] } {
  const lines: Line[] = []
  const child = (bound: object): Logger => {
    const method = (level: Line['level']) => (fields: object | string, message?: string) => {
      const text = typeof fields === 'string' ? fields : (message ?? '')
      lines.push({ level, message: text, fields: { ...bound, ...(typeof fields === 'string' ? {} : fields) } })
    }
    return {
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      child: (fields) => child({ ...bound, ...fields }),
    }
  }
  return { logger: child({}), lines }
}

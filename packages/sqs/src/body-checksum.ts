import { hash } from 'node:crypto'

/** Whether a body has the MD5 that SQS says it has. Not judged when SQS says none. */
export function isIntact(body: string, md5: string | null | undefined): boolean {
  if (typeof md5 !== 'string') return true
  try {
    return hash('md5', body) === md5
  } catch {
    // under FIPS there is no MD5
    return true
  }
}

import { createHash, getFips } from 'node:crypto'

/** Whether a body has the MD5 that SQS says it has. Not judged when SQS says none, or under FIPS, which has no MD5. */
export function bodyIsIntact(body: string, md5: string | undefined): boolean {
  if (md5 === undefined || getFips() === 1) return true
  return createHash('md5').update(body).digest('hex') === md5
}

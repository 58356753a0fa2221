import { getFips, hash } from 'node:crypto'

/** Whether a body has the MD5 that SQS says it has. Not judged when SQS says none, or under FIPS, which has no MD5. */
export function bodyIsIntact(body: string, md5: string | undefined): boolean {
  return md5 === undefined || getFips() === 1 || hash('md5', body) === md5
}

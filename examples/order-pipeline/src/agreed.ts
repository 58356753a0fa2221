import { createInterface } from 'node:readline/promises'
import type { Connection, Plan } from 'waybill'

/** Says what would be created on AWS, and asks unless `yes`. */
export async function agreed(connection: Connection, changes: Plan, yes: boolean): Promise<boolean> {
  const [account, region] = await Promise.all([connection.admin.account(), connection.region()])
  console.log(
    `In account ${account}, region ${region}, this will\n\n${changes.toString()}\n\nand remove it all afterwards. AWS charges for requests.`,
  )
  if (yes) return true
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const refused = new AbortController()
  terminal.on('SIGINT', () => refused.abort())
  try {
    const answer = await terminal.question('Go on? [y/N] ', { signal: refused.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    if (refused.signal.aborted) return false
    throw error
  } finally {
    terminal.close()
  }
}

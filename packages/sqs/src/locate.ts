import { OptionsError, quote } from '@waybill/core'
import type { Declared } from './connection.ts'
import { isHttpUrl } from './is-http-url.ts'
import { QUEUE_NAME_LENGTH, TOPIC_NAME_LENGTH } from './limits.ts'

/** A declared queue or topic that is looked for. */
export interface Located {
  readonly kind: 'queue' | 'topic'
  readonly name: string
}

/**
 * A physical name, a queue's URL or an ARN; undefined means prefix + name (+ `.fifo`). It is asked whenever one is looked for,
 * and answers at once: what takes a call to know is asked before `connect`.
 */
export type Locate = (declared: Located) => string | undefined

/** Where a declared queue or topic is to be found. `name` is the physical one. */
export type Place =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'url'; readonly name: string; readonly url: string }
  | {
      readonly by: 'arn'
      readonly name: string
      readonly arn: string
      readonly region: string
      readonly account: string
    }

const NAME = /^[\w-]+(\.fifo)?$/
const NAME_LENGTH = { queue: QUEUE_NAME_LENGTH, topic: TOPIC_NAME_LENGTH } as const
const SERVICE = { queue: 'sqs', topic: 'sns' } as const

/** Reads what `locate` says of a declared queue or topic, or makes its default name. Throws an {@link OptionsError}. */
export function placeOf(
  kind: Located['kind'],
  declared: Declared,
  namePrefix: string,
  locate: Locate | undefined,
): Place {
  const located = locate && called(locate, { kind, name: declared.name })
  const place = located === undefined ? byName(defaultName(kind, declared, namePrefix)) : read(kind, declared, located)
  if (!NAME.test(place.name) || place.name.length > NAME_LENGTH[kind]) {
    const rule = `letters, digits, '-' and '_', '.fifo' at the end if it is one, at most ${NAME_LENGTH[kind]} characters`
    const others = /[:/]/.test(place.name) ? " A URL begins with 'https://', an ARN with 'arn:'." : ''
    throw new OptionsError(
      `${kind} '${declared.name}': ${quote(place.name)} can't be its name in AWS. Names are ${rule}.${others}`,
    )
  }
  if (place.name.endsWith('.fifo') !== declared.fifo) {
    const found = declared.fifo ? "is not: its name does not end in '.fifo'" : "is a FIFO one: its name ends in '.fifo'"
    const what = declared.fifo ? 'as FIFO' : 'as standard'
    throw new OptionsError(
      `${kind} '${declared.name}' is declared ${what}, but ${quote(place.name)} ${found}. Correct locate, or the declaration's fifo.`,
    )
  }
  return place
}

function called(locate: Locate, declared: Located): string | undefined {
  const refuse = (why: string, options?: ErrorOptions) =>
    new OptionsError(`locate, called for ${declared.kind} '${declared.name}', ${why}`, options)
  let located: unknown
  try {
    located = locate(declared)
  } catch (cause) {
    throw refuse(`threw: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  if (located === undefined || (typeof located === 'string' && located !== '')) return located
  throw refuse(`returned ${quote(located)}. Return a name, URL or ARN, or undefined for its own name.`)
}

const byName = (name: string): Place => ({ by: 'name', name })

function defaultName(kind: Located['kind'], { name, fifo }: Declared, namePrefix: string): string {
  const whole = `${namePrefix}${name}${fifo ? '.fifo' : ''}`
  if (whole.length <= NAME_LENGTH[kind]) return whole
  const limit = `${SERVICE[kind].toUpperCase()} takes at most ${NAME_LENGTH[kind]}`
  const parts = `namePrefix ${quote(namePrefix)} (${namePrefix.length}) and ${quote(name)} (${name.length})${fifo ? " and '.fifo'" : ''}`
  const advice = namePrefix === '' ? 'Shorten the declared name' : `It is made of ${parts}: shorten one of them`
  throw new OptionsError(
    `${kind} ${quote(name)}: its name in AWS has ${whole.length} characters, and ${limit}. ${advice}, or name another with locate.`,
  )
}

function read(kind: Located['kind'], declared: Declared, located: string): Place {
  if (located.startsWith('arn:')) {
    const [, , service, region = '', account = '', name = '', ...rest] = located.split(':')
    if (service === SERVICE[kind] && region && account && name && rest.length === 0)
      return { by: 'arn', name, arn: located, region, account }
    const shape = `arn:aws:${SERVICE[kind]}:<region>:<account>:<name>`
    throw new OptionsError(
      `locate: ${quote(located)} is not the ARN of a ${kind} ('${declared.name}'). Write ${shape}.`,
    )
  }
  if (!isHttpUrl(located)) return byName(located)
  if (kind === 'topic')
    throw new OptionsError(
      `locate: ${quote(located)}: a topic ('${declared.name}') has no URL. Write its name or its ARN.`,
    )
  const name = new URL(located).pathname.split('/').at(-1)
  if (name) return { by: 'url', name, url: located }
  throw new OptionsError(
    `locate: ${quote(located)} is not the URL of a queue ('${declared.name}'): it has no name at its end. Write https://sqs.<region>.amazonaws.com/<account>/<name>.`,
  )
}

import { OptionsError, quote } from '@waybill/core'
import { ContractError } from './contract-error.ts'
import type { AnyMessage, Entry } from './message.ts'

/** A key of a message, its types forgotten. */
export type Key = (message: { readonly type: string; readonly payload: unknown }) => string

/** How messages are grouped and deduplicated. */
export interface Keying {
  readonly group?: Key | undefined
  readonly deduplicate?: Key | undefined
}

/**
 * `high`: SQS's and SNS's high-throughput mode, limits and deduplication by message group. `standard`: by the whole
 * queue or topic. By what it deduplicates can't be changed once the queue or topic is there.
 */
export type Throughput = 'high' | 'standard'

/** The options that queues and topics share. */
export interface KeyOptions<M extends AnyMessage, Fifo> {
  /**
   * FIFO: the message group, within which order holds; needed where messages are sent. Standard: the fair-queue key, so
   * that one tenant's backlog doesn't delay the others. A key that SQS would refuse (over 128 characters, a space, a letter
   * beyond ASCII) is sent as its SHA-256.
   */
  readonly group?: ((message: Entry<M>) => string) | undefined
  /** FIFO: what makes two messages of a type and group the same for five minutes. Default: the message's own id. */
  readonly deduplicate?: ([Fifo] extends [true] ? (message: Entry<M>) => string : OnlyFifo<'deduplicates'>) | undefined
  /** FIFO: the throughput mode. Default: `high`. */
  readonly throughput?: ([Fifo] extends [true] ? Throughput : OnlyFifo<'has a throughput mode'>) | undefined
}
type OnlyFifo<Does extends string> = `Error: only a FIFO queue or topic ${Does}`

interface FifoNeedsGroup {
  readonly group: unknown
}
/** Makes `group` required where messages are sent in order. */
export type GroupIfNeeded<Ms extends readonly AnyMessage[], Fifo> = [Fifo] extends [true]
  ? Ms extends readonly []
    ? unknown
    : FifoNeedsGroup
  : unknown

interface Given extends Keying {
  readonly fifo?: boolean | undefined
  readonly throughput?: Throughput | undefined
}

/** Checks what queues and topics share. `sends`: whether messages are sent to it straight. */
export function resolveKeying(
  label: string,
  given: Given,
  sends: boolean,
): Keying & { readonly throughput: Throughput } {
  const { fifo = false, group, deduplicate, throughput } = given
  if (typeof fifo !== 'boolean') throw new OptionsError(`fifo: ${quote(fifo)} is not true or false.`)
  checkKey('group', group)
  checkKey('deduplicate', deduplicate)
  if (throughput !== undefined && throughput !== 'high' && throughput !== 'standard')
    throw new OptionsError(`throughput: ${quote(throughput)} is not a throughput mode. Write 'high' or 'standard'.`)
  if (fifo && sends && !group)
    throw new ContractError(
      'definition',
      `${label} is FIFO and needs a group. Write group: (m) => …, the id within which order matters.`,
    )
  if (!fifo && deduplicate)
    throw new ContractError(
      'definition',
      `${label} is standard: only a FIFO queue or topic deduplicates. Leave out deduplicate, or write fifo: true.`,
    )
  if (!fifo && throughput)
    throw new ContractError(
      'definition',
      `${label} is standard: only a FIFO queue or topic has a throughput mode. Leave out throughput, or write fifo: true.`,
    )
  return { group, deduplicate, throughput: throughput ?? 'high' }
}

function checkKey(name: string, key: unknown): void {
  if (key === undefined || typeof key === 'function') return
  throw new OptionsError(`${name}: ${quote(key)} is not a function. Write ${name}: (m) => m.payload.…`)
}

import type { ApiOptions } from '@waybill/sqs'
import { isArray, isRecord } from './simulator/json.ts'

/** What a call is for: `admin` is everything that is not about messages. */
export type CallKind = (typeof CALL_KINDS)[number]
export const CALL_KINDS = ['send', 'receive', 'delete', 'changeVisibility', 'publish', 'admin'] as const

const KINDS: Readonly<Record<string, CallKind>> = {
  SendMessage: 'send',
  SendMessageBatch: 'send',
  ReceiveMessage: 'receive',
  DeleteMessage: 'delete',
  DeleteMessageBatch: 'delete',
  ChangeMessageVisibility: 'changeVisibility',
  ChangeMessageVisibilityBatch: 'changeVisibility',
  Publish: 'publish',
  PublishBatch: 'publish',
}

/** A call of SQS or SNS, in the shapes of their APIs. */
export interface ApiCall {
  readonly kind: CallKind
  /** As AWS names it: `SendMessageBatch`. */
  readonly action: string
  /** The physical name of the queue or topic; empty for what is about neither. */
  readonly target: string
  readonly input: Readonly<Record<string, unknown>>
  /** The entries of a batch; what is no batch has none. */
  readonly entries: readonly Readonly<Record<string, unknown>>[]
  readonly signal: AbortSignal | undefined
}

/** What stands around a call; `make` makes it, as often as it is called, with that input if one is given. */
export type Around = (
  call: ApiCall,
  make: (input?: Readonly<Record<string, unknown>>) => Promise<unknown>,
) => Promise<unknown>

/** The API with something around each of its calls. */
export function around<Api extends object>(api: Api, run: Around): Api {
  return new Proxy(api, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function' || typeof name !== 'string') return method
      return (input: Readonly<Record<string, unknown>> = {}, options: ApiOptions = {}): Promise<unknown> =>
        run(callOf(name, input, options), async (changed = input) => {
          const answer: unknown = await Reflect.apply(method, target, [changed, options])
          return answer
        })
    },
  })
}

function callOf(method: string, input: Readonly<Record<string, unknown>>, { abortSignal }: ApiOptions): ApiCall {
  const action = method.slice(0, 1).toUpperCase() + method.slice(1)
  const place = input['QueueUrl'] ?? input['TopicArn'] ?? input['QueueName'] ?? input['Name'] ?? ''
  return {
    kind: KINDS[action] ?? 'admin',
    action,
    target: typeof place === 'string' ? (place.split(/[/:]/).at(-1) ?? '') : '',
    input,
    entries: entriesOf(input),
    signal: abortSignal,
  }
}

/** Under which key a batch has its entries. */
export const entriesKey = (input: Readonly<Record<string, unknown>>) =>
  'Entries' in input ? 'Entries' : 'PublishBatchRequestEntries'

function entriesOf(input: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const entries = input[entriesKey(input)]
  return isArray(entries) ? entries.filter(isRecord) : []
}

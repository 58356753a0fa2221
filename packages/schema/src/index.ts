export { decodeAttributes, encodeAttributes } from './attribute-codec.ts'
export { ATTRIBUTE_NAME_LENGTH, attributeNameProblem, isReserved, OWN_ATTRIBUTES } from './attribute-names.ts'
export { checkDeclared } from './check-declared.ts'
export { decode, encode } from './codec.ts'
export {
  ContractError,
  type ContractErrorCode,
  type ContractErrorDetails,
  type ContractIssue,
} from './contract-error.ts'
export type { AnyAttributes, FreeAttributes } from './declared-attributes.ts'
export { describeValue } from './describe-value.ts'
export type { QueueEncryption, TopicEncryption } from './encryption.ts'
export { isoDate } from './iso-date.ts'
export type { Key, Keying, Throughput } from './keying.ts'
export {
  type AnyMessage,
  type AttributesOf,
  defineMessage,
  type Entry,
  type Message,
  type PayloadOf,
  type Picked,
  type Version,
} from './message.ts'
export { type AnyQueue, defineQueue, type Queue, type QueueDefinition, type SendsOf, type TakesOf } from './queue.ts'
export type { AnySubscription, Subscription } from './subscription.ts'
export { resolveTags, type Tags } from './tags.ts'
export { type AnyTopic, defineTopic, type Topic, type TopicDefinition } from './topic.ts'

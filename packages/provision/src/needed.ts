import { type AnyQueue, type AnyTopic, type QueueDefinition, resolveTags, type Tags } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import { deadLetterOf, type Declarations, keyOf, targetsOf } from './declarations.ts'
import { inherited } from './inherited.ts'

/** A queue that declarations ask for: declared itself, or where messages of declared ones may end up. */
export interface NeededQueue extends Pick<QueueDefinition, 'encryption' | 'tags' | 'throughput'> {
  readonly declared: Declared
  readonly declaration: AnyQueue | undefined
  /** Whose dead-letter queue it is. */
  readonly sources: readonly AnyQueue[]
}

interface NeededTopic {
  readonly declared: AnyTopic
  readonly tags: Tags
}

/** What declarations ask for, each once, in the order in which it is created. */
export interface Needed {
  readonly queues: readonly NeededQueue[]
  readonly topics: readonly NeededTopic[]
}

/** `tags` are those of everything. Throws a `ProvisionError` when a dead-letter queue is to be two things at once. */
export function neededBy({ queues, topics }: Declarations, tags: Tags = {}): Needed {
  const tagsOf = ({ name }: Declared, own: Tags) => resolveTags(`tags of '${name}'`, { ...tags, ...own })

  function neededQueue(declared: Declared): NeededQueue {
    const isIt = (other: Declared | undefined) => other !== undefined && keyOf(other) === keyOf(declared)
    const declaration = queues.find(isIt)
    const feeders = queues.filter((queue) => targetsOf(queue).some(isIt))
    const { encryption, tags: own, throughput } = declaration?.['~definition'] ?? inherited(declared, feeders)
    const sources = queues.filter((queue) => isIt(deadLetterOf(queue)))
    return { declared, declaration, sources, encryption, throughput, tags: tagsOf(declared, own) }
  }

  return {
    queues: inOrder(queues).map(neededQueue),
    topics: topics.map((declared) => ({ declared, tags: tagsOf(declared, declared['~definition'].tags) })),
  }
}

/** All queues that the declared ones need, dead-letter queues first. */
function inOrder(queues: readonly AnyQueue[]): Declared[] {
  const declared = new Map(queues.map((queue) => [keyOf(queue), queue]))
  const ordered: Declared[] = []
  const seen = new Set<string>()
  const add = (one: Declared) => {
    if (seen.has(keyOf(one))) return
    seen.add(keyOf(one))
    const queue = declared.get(keyOf(one))
    if (queue) targetsOf(queue).forEach(add)
    ordered.push(queue ?? one)
  }
  queues.flatMap(targetsOf).forEach(add)
  queues.forEach(add)
  return ordered
}

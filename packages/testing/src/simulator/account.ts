import type { Clock } from '@waybill/core'
import { partitionOf } from '@waybill/sqs'
import { type Random, randomOf } from '../random.ts'
import { AwsError, sqsError } from './aws-error.ts'
import { SimulatedQueue } from './queue/queue.ts'
import type { Topic } from './sns/topic.ts'
import type { MoveTask } from './sqs/move-task.ts'

export interface AccountOptions {
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly seed: number
  readonly random: Random
  readonly reorder: number
  readonly duplicate: number
  readonly inFlightLimit: number
}

/** One account in one region: what there is in it. */
export class Account {
  readonly region: string
  readonly accountId: string
  readonly clock: Clock
  readonly queues = new Map<string, SimulatedQueue>()
  readonly topics = new Map<string, Topic>()
  /** The newest first. */
  readonly moveTasks: MoveTask[] = []
  readonly #options: AccountOptions
  readonly #ids: Random
  readonly #deletedAt = new Map<string, number>()

  constructor(options: AccountOptions) {
    this.region = options.region
    this.accountId = options.accountId
    this.clock = options.clock
    this.#options = options
    this.#ids = randomOf(options.seed, 'ids')
  }

  arn(service: 'sqs' | 'sns', name: string): string {
    return `arn:${partitionOf(this.region)}:${service}:${this.region}:${this.accountId}:${name}`
  }

  queueAt(arn: string | undefined): SimulatedQueue | undefined {
    const name = arn?.split(':').at(-1) ?? ''
    return arn === this.arn('sqs', name) ? this.queues.get(name) : undefined
  }

  /** By its URL, or by its bare name (case 9). */
  queue(url: string | undefined): SimulatedQueue {
    const [name = '', account = this.accountId] = (url ?? '').split('/').toReversed()
    const queue = account === this.accountId ? this.queues.get(name) : undefined
    if (queue) return queue
    throw sqsError('NonExistentQueue', 'The specified queue does not exist.')
  }

  /** For calls that no policy allows to another account ("Limitations of custom policies"). */
  ownQueue(url = ''): SimulatedQueue {
    const [, account = this.accountId] = url.split('/').toReversed()
    if (account === this.accountId) return this.queue(url)
    throw new AwsError('AccessDenied', `Access to the resource ${url} is denied.`)
  }

  /** Whether the ARN is of something in this account. */
  owns(arn: string): boolean {
    return arn.split(':')[4] === this.accountId
  }

  createQueue(name: string, attributes: Readonly<Record<string, string>>): SimulatedQueue {
    const at = this.#deletedAt.get(name)
    if (at !== undefined && this.clock.now() < at + 60_000)
      throw sqsError(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      )
    const domain = partitionOf(this.region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
    const url = `https://sqs.${this.region}.${domain}/${this.accountId}/${name}`
    const place = { name, url, arn: this.arn('sqs', name) }
    const queue = new SimulatedQueue(place, attributes, { ...this.#options, queueAt: (arn) => this.queueAt(arn) })
    this.queues.set(name, queue)
    return queue
  }

  deleteQueue(queue: SimulatedQueue): void {
    this.queues.delete(queue.name)
    this.#deletedAt.set(queue.name, this.clock.now())
  }

  /** What goes on by itself ends. */
  close(): void {
    for (const task of this.moveTasks) task.stop()
  }

  topic(arn: string | undefined): Topic {
    const topic = arn === undefined ? undefined : this.topics.get(arn)
    if (topic) return topic
    throw new AwsError('NotFound', 'Topic does not exist')
  }

  /** Makes a UUID, as AWS's ids are. */
  readonly id = (): string => {
    const words = Array.from({ length: 4 }, () =>
      Math.floor(this.#ids() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    const hex = words.join('')
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    )
  }
}

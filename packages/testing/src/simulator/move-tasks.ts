import type { SqsApi } from '@waybill/sqs'
import { AwsError, invalidValue } from './aws-error.ts'
import type { Cloud } from './cloud.ts'
import type { StoredMessage } from './message.ts'
import { redrivePolicyOf } from './queue-attributes.ts'
import type { SimulatedQueue } from './queue.ts'

type MoveTaskActions = Pick<SqsApi, 'cancelMessageMoveTask' | 'listMessageMoveTasks' | 'startMessageMoveTask'>

interface MoveTask {
  readonly id: string
  readonly source: SimulatedQueue
  readonly destinationArn: string | undefined
  /** Messages in a second. */
  readonly rate: number
  readonly rateGiven: number | undefined
  readonly toMove: number
  readonly startedAt: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  failure: string | undefined
}

/** SQS StartMessageMoveTask: at most, and the rate that SQS may reach when none is given. */
const FASTEST = 500

/** What SQS does to move messages back from dead-letter queues. A task moves on with the clock, one message after another. */
export function moveTaskActions(cloud: Cloud): MoveTaskActions {
  const tasks: MoveTask[] = []

  function move(task: MoveTask): void {
    if (task.status !== 'RUNNING') return
    const message = task.source.messages().find(({ state }) => state === 'visible')
    if (!message || task.moved >= task.toMove) return end(task, 'COMPLETED')
    const to = task.destinationArn ?? message.deadLetterSource
    const destination = cloud.queueAt(to)
    if (to === undefined) return end(task, 'FAILED', 'CouldNotDetermineMessageSource')
    if (!destination) return end(task, 'FAILED', 'AWS.SimpleQueueService.NonExistentQueue')
    task.source.withdraw(message)
    redrive(cloud, message, destination)
    task.moved++
    if (task.moved >= task.toMove) return end(task, 'COMPLETED')
    cloud.clock.after(1_000 / task.rate, () => move(task))
  }

  return {
    async startMessageMoveTask({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond }) {
      const source = queueAt(cloud, SourceArn, 'SourceArn')
      if (DestinationArn !== undefined) queueAt(cloud, DestinationArn, 'DestinationArn')
      const isTarget = Array.from(cloud.queues.values()).some(
        ({ attributes }) => redrivePolicyOf(attributes)?.deadLetterTargetArn === source.arn,
      )
      if (!isTarget) throw invalidValue('Source queue must be configured as a Dead Letter Queue.')
      const rate = MaxNumberOfMessagesPerSecond ?? FASTEST
      if (!(rate >= 1 && rate <= FASTEST))
        throw invalidValue(
          `Value ${rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and ${FASTEST}.`,
        )
      if (tasks.some((task) => task.source === source && task.status === 'RUNNING'))
        throw invalidValue(
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        )
      const task: MoveTask = {
        id: cloud.id(),
        source,
        destinationArn: DestinationArn,
        rate,
        rateGiven: MaxNumberOfMessagesPerSecond,
        toMove: source.messages().length,
        startedAt: Math.floor(cloud.clock.epoch()),
        moved: 0,
        status: 'RUNNING',
        failure: undefined,
      }
      tasks.unshift(task)
      cloud.clock.after(0, () => move(task))
      return { TaskHandle: handleOf(task) }
    },

    async listMessageMoveTasks({ SourceArn, MaxResults = 1 }) {
      const source = queueAt(cloud, SourceArn, 'SourceArn')
      const listed = tasks.filter((task) => task.source === source).slice(0, MaxResults)
      return { Results: listed.map(describe) }
    },

    async cancelMessageMoveTask({ TaskHandle }) {
      const handle = readHandle(TaskHandle)
      queueAt(cloud, handle.sourceArn, 'SourceArn')
      const task = tasks.find(({ id }) => id === handle.taskId)
      if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.')
      if (task.status !== 'RUNNING') throw invalidValue('Only active tasks can be cancelled.')
      end(task, 'CANCELLED')
      return { ApproximateNumberOfMessagesMoved: task.moved }
    },
  }
}

function end(task: MoveTask, status: MoveTask['status'], failure?: string): void {
  task.status = status
  task.failure = failure
}

/** A redriven message is a new one: its own id, age and receive count. */
function redrive(cloud: Cloud, message: StoredMessage, destination: SimulatedQueue): void {
  const id = cloud.id()
  destination.send({
    ...message,
    id,
    deduplicationId: destination.fifo ? id : undefined,
    sentAt: Math.floor(cloud.clock.epoch()),
    enqueuedAt: cloud.clock.now(),
    receivesBefore: 0,
    deadLetterSource: undefined,
  })
  destination.wake()
}

function queueAt(cloud: Cloud, arn: string | undefined, parameter: string): SimulatedQueue {
  const queue = cloud.queueAt(arn)
  if (queue) return queue
  throw new AwsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  )
}

function describe(task: MoveTask) {
  return {
    Status: task.status,
    SourceArn: task.source.arn,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    StartedTimestamp: task.startedAt,
    ...(task.destinationArn && { DestinationArn: task.destinationArn }),
    ...(task.rateGiven && { MaxNumberOfMessagesPerSecond: task.rateGiven }),
    ...(task.failure && { FailureReason: task.failure }),
    ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
  }
}

function handleOf({ id, source }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn: source.arn })).toString('base64')
}

function readHandle(handle = ''): { readonly taskId: unknown; readonly sourceArn: string } {
  try {
    const value: unknown = JSON.parse(Buffer.from(handle, 'base64').toString())
    if (typeof value === 'object' && value !== null && 'taskId' in value && 'sourceArn' in value)
      return { taskId: value.taskId, sourceArn: String(value.sourceArn) }
  } catch {
    // no JSON: no handle
  }
  throw invalidValue('Value for parameter TaskHandle is invalid.')
}

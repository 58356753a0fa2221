import type { SqsApi } from '@waybill/sqs'
import { AwsError, invalidValue } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { isRecord, parsedJson } from '../json.ts'
import type { SimulatedQueue } from '../queue/queue.ts'
import { FASTEST, MoveTask } from './move-task.ts'

type MoveTaskActions = Pick<SqsApi, 'cancelMessageMoveTask' | 'listMessageMoveTasks' | 'startMessageMoveTask'>

/** What SQS does to move messages back from dead-letter queues. */
export function moveTaskActions(account: Account): MoveTaskActions {
  return {
    async startMessageMoveTask({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }) {
      const source = queueAt(account, SourceArn, 'SourceArn')
      const destination = DestinationArn === undefined ? undefined : queueAt(account, DestinationArn, 'DestinationArn')
      if (!Array.from(account.queues.values()).some(({ redrive }) => redrive?.deadLetterTargetArn === source.arn))
        throw invalidValue('Source queue must be configured as a Dead Letter Queue.')
      if (destination && destination.fifo !== source.fifo)
        throw invalidValue('The destination queue must be of the same type as the source queue.')
      if (rate !== undefined && !(rate >= 1 && rate <= FASTEST))
        throw outOfRange('MaxNumberOfMessagesPerSecond', rate, FASTEST)
      if (account.moveTasks.some((task) => task.request.source === source && isActive(task)))
        throw invalidValue(
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        )
      const task = new MoveTask(account, { source, destinationArn: DestinationArn, rate })
      account.moveTasks.unshift(task)
      return { TaskHandle: handleOf(task) }
    },

    async listMessageMoveTasks({ SourceArn, MaxResults = 1 }) {
      const source = queueAt(account, SourceArn, 'SourceArn')
      if (!(MaxResults >= 1 && MaxResults <= 10)) throw outOfRange('MaxResults', MaxResults, 10)
      const listed = account.moveTasks.filter((task) => task.request.source === source).slice(0, MaxResults)
      return { Results: listed.map(describe) }
    },

    async cancelMessageMoveTask({ TaskHandle = '' }) {
      const { sourceArn, taskId } = readHandle(TaskHandle)
      queueAt(account, sourceArn, 'SourceArn')
      const task = account.moveTasks.find(({ id }) => id === taskId)
      if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.')
      if (task.status !== 'RUNNING') throw invalidValue('Only active tasks can be cancelled.')
      task.cancel()
      return { ApproximateNumberOfMessagesMoved: task.moved }
    },
  }
}

const isActive = ({ status }: MoveTask) => status === 'RUNNING' || status === 'CANCELLING'

function queueAt(account: Account, arn: string | undefined, parameter: string): SimulatedQueue {
  const queue = account.queueAt(arn)
  if (queue) return queue
  throw new AwsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  )
}

function outOfRange(parameter: string, value: number, max: number) {
  return invalidValue(`Value ${value} for parameter ${parameter} is invalid. Reason: Must be between 1 and ${max}.`)
}

function describe(task: MoveTask) {
  const { destinationArn, rate, source } = task.request
  return {
    Status: task.status,
    SourceArn: source.arn,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    StartedTimestamp: task.startedAt,
    ...(destinationArn && { DestinationArn: destinationArn }),
    ...(rate && { MaxNumberOfMessagesPerSecond: rate }),
    ...(task.failure && { FailureReason: task.failure }),
    ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
  }
}

function handleOf({ id, request }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn: request.source.arn })).toString('base64')
}

function readHandle(handle: string): { readonly taskId: string; readonly sourceArn: string } {
  const value = parsedJson(Buffer.from(handle, 'base64').toString())
  const { sourceArn, taskId } = isRecord(value) ? value : {}
  if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn }
  throw invalidValue('Value for parameter TaskHandle is invalid.')
}

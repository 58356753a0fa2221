import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

const NAMES = ['waybill', 'waybill-direct', 'sdk-loops', 'sqs-consumer-batch', 'message-queue-toolkit'] as const
const LEFT_OUT = {
  'sqs-consumer with handleMessage': 'its documentation says to use handleMessageBatch on FIFO queues',
  'squiss-ts': 'it handles what it received of a group side by side',
}

export const fifo: Scenario = {
  about: () =>
    'As `consume`, on a FIFO queue with 1,000 groups. A message that comes out of the order of its group is an error; each handler takes a turn of the event loop, in which one would. A receive brings one message of a group here; from SQS it may bring ten.',
  async run(options) {
    const job = { concurrency: 80, fifo: true, warmUp: scaled(5_000, options), messages: scaled(5_000, options) }
    return { comparisons: [await compareConsumers(job, { names: NAMES, leftOut: LEFT_OUT, rounds: options.rounds })] }
  },
}

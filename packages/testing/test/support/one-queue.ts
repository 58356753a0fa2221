import { simulate, VirtualClock } from '@waybill/testing'

export const FIFO = { FifoQueue: 'true' }

/** A queue on a clock that stands still, its dead-letter queue if it has one, and the calls that a test makes. */
export async function queue(attributes: Readonly<Record<string, string>> = {}, maxReceiveCount?: number) {
  const clock = new VirtualClock()
  const { api, admin } = simulate({ clock })
  const suffix = attributes['FifoQueue'] === 'true' ? '.fifo' : ''
  const kind = suffix === '' ? {} : FIFO
  const dead = `dead${suffix}`
  await admin.createQueue(dead, kind)
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${dead}`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
  const QueueUrl = await admin.createQueue(`q${suffix}`, {
    ...attributes,
    ...(maxReceiveCount !== undefined && { RedrivePolicy }),
  })
  let sent = 0
  const send = (body: string, group = 'g', url = QueueUrl) => {
    const ids = suffix === '' ? {} : { MessageGroupId: group, MessageDeduplicationId: `d${sent++}` }
    return api.sqs.sendMessage({ QueueUrl: url, MessageBody: body, ...ids })
  }
  async function receive(request: { wait?: number; max?: number; visibility?: number; from?: string } = {}) {
    const { Messages = [] } = await api.sqs.receiveMessage({
      QueueUrl: request.from ?? QueueUrl,
      MaxNumberOfMessages: request.max ?? 10,
      WaitTimeSeconds: request.wait ?? 0,
      VisibilityTimeout: request.visibility,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    return Messages
  }
  const bodies = async (...args: Parameters<typeof receive>) => (await receive(...args)).map(({ Body }) => Body)
  /** A poll of 20 s, and when it was answered with what. */
  function poll() {
    const told: { at: number; bodies: readonly (string | undefined)[] }[] = []
    const polling = bodies({ wait: 20 }).then((got) => told.push({ at: clock.now(), bodies: got }))
    return { told, polling }
  }
  return { api, admin, clock, QueueUrl, dead, deadLetterTargetArn, send, receive, bodies, poll }
}

export const arnOf = (url: string) => `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1)}`

import { createHash } from 'node:crypto'
import { SQSClient } from '@aws-sdk/client-sqs'
import { CREDENTIALS, REGION } from '../aws.ts'
import { createSigner, Extender, HeldDelivery, isIntact, systemClock } from '../built.ts'
import { contracts } from '../contracts/index.ts'
import { each, eachAwaited, type Group } from './part.ts'
import { received } from '../received.ts'

const body = JSON.stringify(Array.from({ length: 10 }, (_, n) => JSON.stringify(contracts.order.make(n, 0))))
const host = 'sqs.us-east-1.amazonaws.com'
const headers = { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' }
const sign = createSigner()
const scope = { region: REGION, service: 'sqs' }
const signer = await new SQSClient({ region: REGION, credentials: CREDENTIALS }).config.signer()
const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', query: {}, headers, body }

const [short, long] = [contracts.order, contracts.nested].map(({ make }) => JSON.stringify(make(0, 0)))
const [shortSum, longSum] = [short, long].map((text = '') => createHash('md5').update(text).digest('hex'))

const now = systemClock.now()
const ten = Array.from({ length: 10 }, (_, n) => new HeldDelivery(received(n), now, now + 3_000_000))
const granted = ten.map(() => ({ ok: true, value: undefined }) as const)
const extender = new Extender({
  clock: systemClock,
  visibilityTimeout: 30,
  changeVisibility: () => Promise.resolve(granted),
  isOurs: () => true,
  onExtended: () => {},
  onLost: console.error,
})

export const requestParts: Group = {
  title: 'a request',
  parts: [
    each('the signature, ten orders of 130 bytes', () =>
      sign({ path: '/', headers, body }, CREDENTIALS, new Date(), scope),
    ),
    eachAwaited("the SDK's signature, likewise", () => signer.sign(request)),
    each('MD5 of a received body of 130 bytes', () => isIntact(short ?? '', shortSum)),
    each('MD5 of a received body of 2 KB', () => isIntact(long ?? '', longSum)),
    eachAwaited('a renewal of ten leases', () => extender.extend(ten, 3_600)),
  ],
}

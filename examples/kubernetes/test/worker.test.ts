import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { apply, createProducer, plan } from 'waybill'
import { embedded } from '@waybill/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { invoices, parcels } from '../src/contracts.ts'

const probe = z.object({ httpGet: z.object({ path: z.string() }) })
const { spec } = z
  .object({
    spec: z.object({
      template: z.object({
        spec: z.object({
          terminationGracePeriodSeconds: z.int(),
          containers: z.tuple([z.object({ livenessProbe: probe, readinessProbe: probe })]),
        }),
      }),
    }),
  })
  .parse(parse(await readFile(new URL('../deployment.yaml', import.meta.url), 'utf8'))).spec.template

const healthy = z.object({ consumers: z.tuple([z.unknown(), z.object({ running: z.int() })]) })

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.')
  return address.port
}

test('the worker answers the probes of its deployment, and drains within its grace period', async () => {
  const [{ livenessProbe, readinessProbe }] = spec.containers
  await using backend = await embedded()
  await using aws = backend.connect({ namePrefix: 'prod-' })
  await apply(await plan(aws, [invoices, parcels]))
  const port = await freePort()
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)

  const env = { ...process.env, PORT: String(port), QUEUE_PREFIX: 'prod-', SQS_ENDPOINT: backend.endpoint }
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  const worker = spawn(process.execPath, [new URL('../src/worker.ts', import.meta.url).pathname], {
    env: { ...env, ...credentials },
    stdio: 'inherit',
  })
  try {
    await expect.poll(async () => (await get(readinessProbe.httpGet.path))?.status, { timeout: 20_000 }).toBe(200)
    expect((await get(livenessProbe.httpGet.path))?.status).toBe(200)

    await using producer = createProducer(aws, parcels)
    await producer.send('parcel.pack', { orderId: 'o1', grams: 500 })
    const running = async () => healthy.parse(await (await get('/health'))?.json()).consumers[1].running
    await expect.poll(running, { timeout: 10_000 }).toBe(1)
    const began = performance.now()
    worker.kill('SIGTERM')
    await expect.poll(async () => (await get(readinessProbe.httpGet.path))?.status).toBe(503)
    // a second signal, once it is no echo of the first, spares the test the open long polls
    await sleep(600)
    const exit = once(worker, 'exit')
    worker.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(spec.terminationGracePeriodSeconds * 1_000)
    const { ApproximateNumberOfMessagesNotVisible, ApproximateNumberOfMessages } = await aws.admin.queueAttributes(
      (await aws.queue(parcels)).url,
    )
    expect([ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible]).toEqual(['0', '0'])
  } finally {
    worker.kill('SIGKILL')
  }
}, 60_000)

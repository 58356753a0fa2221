import { setTimeout as delay } from 'node:timers/promises'
import { Extender, HeldDelivery, Lane, LeaseManager, systemClock as clock } from './built.ts'
import { endWithParent, tell } from './child.ts'
import { received } from './received.ts'
import type { LeaseRun } from './run-leases.ts'

// Holds leases of 30 s, received over 12 s, and nothing else: what is asked of SQS is answered at once. Tells what that costs.
const TIMEOUT = 30
const RECEIVING = 12_000
/** When each was renewed once: V8 has compiled what that takes. */
const START = 28_000

endWithParent()
const [count = 0, ms = 0] = process.argv.slice(2).map(Number)
let requests = 0
const granted = { ok: true, value: undefined } as const
const leases = new LeaseManager({
  clock,
  visibilityTimeout: TIMEOUT,
  changeVisibility(entries) {
    requests += 1
    return Promise.resolve(entries.map(() => granted))
  },
  onLost: (_, error) => fail(error),
  onBug: fail,
})
const held: HeldDelivery[] = []
const began = performance.now()
while (held.length < count) {
  const share = Math.min(1, (performance.now() - began) / RECEIVING)
  while (held.length < Math.ceil(count * share)) hold()
  await delay(10)
}
await delay(began + START - performance.now())
requests = 0
const windowBegan = performance.now()
const before = process.cpuUsage()
await delay(ms)
const cpu = cpuSince(before)
const took = performance.now() - windowBegan
const inWindow = requests
await leases.stop()
tell({ cpu, took, requests: inWindow, request: await renewalAlone() } satisfies LeaseRun)

function hold(): void {
  const now = clock.now()
  const delivery = new HeldDelivery(received(held.length), now, now + TIMEOUT * 1_000)
  held.push(delivery)
  leases.hold(new Lane(delivery.received.messageId, false, [delivery]))
}

/** All of them at once, as the manager has many renewed at once: so memory and garbage cost what they cost there. */
async function renewalAlone(): Promise<number> {
  const extender = new Extender({
    clock,
    visibilityTimeout: TIMEOUT,
    changeVisibility: (entries) => Promise.resolve(entries.map(() => granted)),
    isOurs: () => true,
    onExtended: (delivery, leaseEnds) => void (delivery.leaseEnds = leaseEnds),
    onLost: (_, why) => fail(new Error(why)),
  })
  const tens = Array.from({ length: Math.ceil(count / 10) }, (_, n) => held.slice(n * 10, n * 10 + 10))
  const start = process.cpuUsage()
  await Promise.all(tens.map((ten) => extender.extend(ten, TIMEOUT)))
  return cpuSince(start) / tens.length
}

/** In milliseconds. */
function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function fail(error: unknown): never {
  throw error
}

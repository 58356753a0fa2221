import { type Connection, type Consumer, createConsumer } from 'waybill'
import { recommendations } from '../contracts.ts'
import type { Ledger } from '../ledger.ts'
import { createRecommender } from '../services.ts'
import { observe } from './observe.ts'

/** Learns from each paid order: slowly, and never from some. */
export function createRecommendationsWorker(connection: Connection, ledger: Ledger): Consumer {
  const recommender = createRecommender(ledger)
  return createConsumer(connection, recommendations, {
    concurrency: 10,
    waitTime: '1s',
    // Short, so that the demo ends soon. The defaults ride out an outage.
    backoff: { first: '1s', max: '1s' },
    on: observe(ledger, 'recommendations'),
    handlers: {
      'order.paid': (order, context) => recommender.learn(order, context),
    },
  })
}

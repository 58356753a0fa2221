import { expect, test } from 'vitest'
import * as waybill from 'waybill'
import * as testing from 'waybill/testing'

test('waybill exports what users need, and nothing else', () => {
  expect(Object.keys(waybill).toSorted()).toEqual([
    'ConsumerError',
    'ContractError',
    'HandlerTimeoutError',
    'LeaseLostError',
    'OptionsError',
    'ProvisionError',
    'SendError',
    'SqsError',
    'WaybillError',
    'apply',
    'connect',
    'createConsumer',
    'createProducer',
    'deadLetter',
    'decode',
    'defineMessage',
    'defineQueue',
    'defineTopic',
    'describeChange',
    'destroy',
    'duration',
    'encode',
    'isoDate',
    'middleware',
    'plan',
    'readProvenance',
    'retry',
  ])
  expect(Object.keys(testing).toSorted()).toEqual([
    'TestingError',
    'VirtualClock',
    'delayAnswer',
    'delayCall',
    'deliverTwice',
    'dropAnswer',
    'embedded',
    'endpoint',
    'expectSettled',
    'expireHandles',
    'fail',
    'failEntries',
    'hang',
    'localstack',
    'omitEntries',
    'simulate',
    'systemClock',
  ])
})

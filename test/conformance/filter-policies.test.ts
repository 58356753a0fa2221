import { expect } from 'vitest'
import type { Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { collect } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

type Strings = Readonly<Record<string, string>>
type Publication = Omit<Parameters<Account['sns']['publish']>[0], 'TopicArn'>

const ofBody = (policy: object): Strings => ({ FilterPolicy: JSON.stringify(policy), FilterPolicyScope: 'MessageBody' })
const ofAttributes = (policy: object): Strings => ({ FilterPolicy: JSON.stringify(policy) })

const attribute = (DataType: string, StringValue: string) => ({ DataType, StringValue })

/** Publishes all and expects the first ones, and no others, to pass the filter. */
async function expectDelivery(aws: Account, filter: Strings, pass: Publication[], stop: Publication[]) {
  const TopicArn = await aws.createTopic()
  const filtered = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true', ...filter })
  const unfiltered = await aws.subscribe(TopicArn)
  const all = [...pass, ...stop]
  await Promise.all(all.map((publication) => aws.sns.publish({ TopicArn, ...publication })))
  expect(await collect(aws, unfiltered.url, all.length)).toHaveLength(all.length)
  const passed = await collect(aws, filtered.url, pass.length)
  expect(new Set(passed.map(({ Body }) => Body))).toEqual(new Set(pass.map(({ Message }) => Message)))
  await aws.pass('1s')
  expect(await aws.bodies(filtered.url)).toEqual([])
}

function expectOfBodies(aws: Account, policy: object, { pass, stop }: { pass: object[]; stop: object[] }) {
  const asJson = (body: object): Publication => ({ Message: JSON.stringify(body) })
  return expectDelivery(aws, ofBody(policy), pass.map(asJson), stop.map(asJson))
}

type Attributes = NonNullable<Publication['MessageAttributes']>

function expectOfAttributes(aws: Account, policy: object, { pass, stop }: { pass: Attributes[]; stop: Attributes[] }) {
  const named = (MessageAttributes: Attributes): Publication => ({
    Message: JSON.stringify(MessageAttributes),
    MessageAttributes,
  })
  return expectDelivery(aws, ofAttributes(policy), pass.map(named), stop.map(named))
}

/** Why SetSubscriptionAttributes refuses a value. AWS goes on with the place in the policy, on a second line. */
async function reasonAgainst(aws: Account, name: string, value: string, attributes: Strings = {}) {
  const { subscriptionArn } = await aws.subscribe(await aws.createTopic(), attributes)
  const { code, message } = await refusal(set(aws, subscriptionArn, name, value))
  expect(code).toBe('InvalidParameter')
  return message.split('\n')[0]
}

const reasonAgainstPolicy = (aws: Account, { FilterPolicy = '', ...attributes }: Strings) =>
  reasonAgainst(aws, 'FilterPolicy', FilterPolicy, attributes)

const set = (aws: Account, SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  aws.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue })

async function attributesOf(aws: Account, SubscriptionArn: string) {
  return (await aws.sns.getSubscriptionAttributes({ SubscriptionArn })).Attributes
}

const values = (count: number) => Array.from({ length: count }, (_, index) => `value${index}`)
const invalid = (reason: string) => `Invalid parameter: FilterPolicy: ${reason}`

chapter('Filter policies', (test) => {
  test(111, 'a numeric range takes numbers within it', {}, async (aws) => {
    await expectOfAttributes(
      aws,
      { attr1: [{ numeric: ['>', 0, '<=', 100] }] },
      {
        pass: [{ attr1: attribute('Number', '99') }, { attr1: attribute('Number', '100') }],
        stop: [{ attr1: attribute('Number', '111') }, { attr1: attribute('Number', '0') }],
      },
    )
  })

  test(111, 'anything-but takes no absent attribute', {}, async (aws) => {
    await expectOfAttributes(
      aws,
      { attr1: [{ 'anything-but': 'whatever' }] },
      { pass: [{ attr1: attribute('String', 'other') }], stop: [{}, { attr1: attribute('String', 'whatever') }] },
    )
  })

  const absentNull = { fauxqs: 'null takes an absent attribute' }
  test(111, 'null takes no absent attribute', { differs: absentNull }, async (aws) => {
    await expectOfAttributes(
      aws,
      { attr1: [null, { 'anything-but': 'whatever' }] },
      { pass: [{ attr1: attribute('String', 'other') }], stop: [{}, { attr1: attribute('String', 'whatever') }] },
    )
  })

  test(111, 'an empty policy removes the filter', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url, subscriptionArn } = await aws.subscribe(TopicArn, ofAttributes({ attr1: ['v'] }))
    await set(aws, subscriptionArn, 'FilterPolicy', '')
    await aws.sns.publish({ TopicArn, Message: 'unfiltered' })
    expect(await collect(aws, url, 1)).toHaveLength(1)
  })

  test(111, 'an empty policy does not show', { differs: { fauxqs: "shows FilterPolicy: ''" } }, async (aws) => {
    const { subscriptionArn } = await aws.subscribe(await aws.createTopic(), ofAttributes({ attr1: ['v'] }))
    await set(aws, subscriptionArn, 'FilterPolicy', '')
    expect(await attributesOf(aws, subscriptionArn)).not.toHaveProperty('FilterPolicy')
  })

  const stored = { store: attribute('Number', '99'), def: attribute('Number', '99') }
  const storedAsText = { store: attribute('String', 'any') }
  const notStored = { def: attribute('Number', '99') }

  test(112, 'exists: true takes messages with the attribute, whatever its value', {}, async (aws) => {
    const policy = { store: [{ exists: true }] }
    await expectOfAttributes(aws, policy, { pass: [stored, storedAsText], stop: [notStored] })
  })

  test(112, 'exists: false takes messages with others', {}, async (aws) => {
    const policy = { store: [{ exists: false }] }
    await expectOfAttributes(aws, policy, { pass: [notStored], stop: [stored, storedAsText] })
  })

  const wholeArrays = { fauxqs: 'compares the JSON text of the array' }
  test(112, 'a String.Array passes by one of its elements', { differs: wholeArrays }, async (aws) => {
    await expectOfAttributes(
      aws,
      { store: ['value1'] },
      {
        pass: [{ store: attribute('String', 'value1') }, { store: attribute('String.Array', '["value1","value2"]') }],
        stop: [{ store: attribute('String.Array', '["value2","value3"]') }],
      },
    )
  })

  test(113, 'a body passes by its fields', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { object: { key: [{ prefix: 'auto-' }, 'value'], nested: [{ exists: false }] }, test: [{ exists: false }] },
      {
        pass: [{ object: { key: 'auto-test' } }, { object: { key: 'value' } }],
        stop: [
          { object: { key: 'test-auto' } },
          { object: { key: 'auto-test' }, test: 'exists' },
          { object: { key: 'auto-test', nested: 'exists' } },
          { object: { test: 'auto-test' } },
          { test: 'auto-test' },
        ],
      },
    )
  })

  test(113, 'a body that is not a JSON object never passes, and is no error', {}, async (aws) => {
    const filter = ofBody({ test: [{ exists: false }] })
    const stop = [{ Message: 'Regular string message' }, { Message: '"JSON string"' }]
    await expectDelivery(aws, filter, [{ Message: '{"other":1}' }], stop)
  })

  test(113, 'a JSON array for a body never passes', { differs: { fauxqs: 'takes it for an object' } }, async (aws) => {
    await expectDelivery(aws, ofBody({ test: [{ exists: false }] }), [], [{ Message: '["test"]' }])
  })

  test(114, 'a dot in a policy stands for a dot or for nesting in a body', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { 'object.nested.test': ['v'] },
      {
        pass: [
          { object: { nested: { test: 'v' } } },
          { 'object.nested.test': 'v' },
          { 'object.nested': { test: 'v' } },
          { object: { 'nested.test': 'v' } },
        ],
        stop: [{ object: { nested: { test: 'other' } } }],
      },
    )
  })

  const noArrays = { fauxqs: 'does not look into arrays' }
  test(115, 'an array in a body passes by one of its elements', { differs: noArrays }, async (aws) => {
    await expectOfBodies(
      aws,
      { headers: { 'route-to': ['queue1'] } },
      {
        pass: [{ headers: { 'route-to': ['queue1', 'queue2'] } }, { headers: { 'route-to': ['queue1'] } }],
        stop: [{ headers: { 'route-to': ['queue2'] } }, { headers: { 'route-to': ['queue3'] } }],
      },
    )
  })

  test(115, 'objects in arrays, and in arrays of arrays, are looked into', { differs: noArrays }, async (aws) => {
    const record = (eventName: string, key: string) => ({ eventName, s3: { object: { key, size: 17 } } })
    const created = record('ObjectCreated:Put', 'auto-insurance-2314.xml')
    await expectOfBodies(
      aws,
      { Records: { s3: { object: { key: [{ prefix: 'auto-' }] } }, eventName: [{ prefix: 'ObjectCreated:' }] } },
      {
        pass: [
          { Records: [created] },
          {
            Records: [
              { eventName: created.eventName, s3: { object: [[created.s3.object]] } },
              record('ObjectRemoved:Delete', 'home-insurance-2314.xml'),
            ],
          },
        ],
        stop: [
          { Records: [record('ObjectRemoved:Delete', 'auto-insurance-2314.xml')] },
          { Records: [record('ObjectCreated:Put', 'home-insurance-2314.xml')] },
        ],
      },
    )
  })

  test(116, 'a branch of $or has to match, and what is beside it', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { $or: [{ metricName: ['CPUUtilization'] }, { namespace: ['AWS/EC2'] }], scope: ['Service'] },
      {
        pass: [
          { metricName: 'CPUUtilization', scope: 'Service' },
          { namespace: 'AWS/EC2', scope: 'Service' },
        ],
        stop: [
          { metricName: 'CPUUtilization' },
          { metricName: 'CPUUtilization', scope: 'other' },
          { metricName: 'AWS/EC2', scope: 'Service' },
          { scope: 'Service' },
        ],
      },
    )
  })

  const noNestedOr = { fauxqs: 'takes a nested $or for the one at the top' }
  test(116, 'a branch of each $or has to match, of nested ones too', { differs: noNestedOr }, async (aws) => {
    const source = { scope: 'Service', source: 'aws.cloudwatch' }
    const type = { scope: 'Service', type: 'CloudWatch Alarm State Change' }
    await expectOfBodies(
      aws,
      {
        $or: [{ metricName: ['CPUUtilization', 'ReadLatency'] }, { namespace: ['AWS/EC2', 'AWS/ES'] }],
        detail: {
          scope: ['Service'],
          $or: [{ source: ['aws.cloudwatch'] }, { type: ['CloudWatch Alarm State Change'] }],
        },
      },
      {
        pass: [
          { metricName: 'CPUUtilization', detail: source },
          { metricName: 'ReadLatency', detail: source },
          { namespace: 'AWS/EC2', detail: source },
          { namespace: 'AWS/ES', detail: source },
          { metricName: 'CPUUtilization', detail: type },
        ],
        stop: [
          { metricName: 'CPUUtilization', detail: { ...type, scope: 'aws.cloudwatch' } },
          { metricName: 'CPUUtilization', detail: { ...type, type: 'CPUUtilization' } },
          { metricName: 'CPUUtilization', detail: { type: type.type } },
          { metricName: 'CPUUtilization', detail: { scope: 'Service' } },
          { metricName: 'CPUUtilization', scope: 'Service' },
          { metricName: 'AWS/EC2', detail: type },
          { namespace: 'CPUUtilization', detail: type },
        ],
      },
    )
  })

  test(117, 'an empty array elsewhere in a body is no hindrance', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { detail: { eventVersion: [''] } },
      {
        pass: [{ resources: [], detail: { eventVersion: '', responseElements: null } }],
        stop: [{ resources: [], detail: { eventVersion: '1', responseElements: null } }],
      },
    )
  })

  test(117, 'cidr takes the IPv4 addresses of a network', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { detail: { ip: [{ cidr: '10.0.0.0/24' }] } },
      { pass: [{ detail: { ip: '10.0.0.255' } }], stop: [{ detail: { ip: '10.0.0.256' } }] },
    )
  })

  test(117, 'cidr takes the IPv6 addresses of a network', {}, async (aws) => {
    await expectOfBodies(
      aws,
      { detail: { ip: [{ cidr: '2001:db8:1234:1a00::/64' }] } },
      {
        pass: [{ detail: { ip: '2001:0db8:1234:1a00:0000:0000:0000:0000' } }],
        stop: [{ detail: { ip: '2001:0db8:123f:1a01:0000:0000:0000:0000' } }],
      },
    )
  })

  const accepts = { fauxqs: 'accepts it' }

  test(118, 'a policy for attributes has no nested keys', { differs: accepts }, async (aws) => {
    expect(await reasonAgainstPolicy(aws, ofAttributes({ object: { key: [{ prefix: 'auto-' }] } }))).toBe(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    )
  })

  test(118, 'a policy for bodies may have nested keys', {}, async (aws) => {
    const filter = ofBody({ object: { key: [{ prefix: 'auto-' }] } })
    const { subscriptionArn } = await aws.subscribe(await aws.createTopic(), filter)
    expect(await attributesOf(aws, subscriptionArn)).toMatchObject(filter)
  })

  test(118, 'an unknown scope is refused', { differs: accepts }, async (aws) => {
    expect(await reasonAgainst(aws, 'FilterPolicyScope', 'RandomValue')).toBe(
      'Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes',
    )
  })

  test(118, 'the scope shows with the policy', {}, async (aws) => {
    const { subscriptionArn } = await aws.subscribe(await aws.createTopic())
    await set(aws, subscriptionArn, 'FilterPolicyScope', 'MessageBody')
    await set(aws, subscriptionArn, 'FilterPolicy', '{"attr":["match-this"]}')
    expect(await attributesOf(aws, subscriptionArn)).toMatchObject(ofBody({ attr: ['match-this'] }))
  })

  test(
    118,
    'the scope does not show without a policy',
    { differs: { fauxqs: 'shows a scope that was set' } },
    async (aws) => {
      const { subscriptionArn } = await aws.subscribe(await aws.createTopic())
      await set(aws, subscriptionArn, 'FilterPolicyScope', 'MessageBody')
      expect(await attributesOf(aws, subscriptionArn)).not.toHaveProperty('FilterPolicyScope')
    },
  )

  const sixKeys = ofAttributes(Object.fromEntries(values(6).map((key) => [key, ['v']])))

  test(119, 'six keys are too many', {}, async (aws) => {
    const topicArn = await aws.createTopic()
    expect(await refusal(aws.subscribe(topicArn, sixKeys))).toMatchObject({ code: 'InvalidParameter' })
  })

  const complexKeys = { fauxqs: "says 'Filter policy is too complex' instead" }
  test(119, 'six keys are refused as such', { differs: complexKeys }, async (aws) => {
    expect(await reasonAgainstPolicy(aws, sixKeys)).toBe(invalid('Filter policy can not have more than 5 keys'))
  })

  const tooComplex = invalid('Filter policy is too complex')

  test(119, 'values are multiplied, and 151 are too many', {}, async (aws) => {
    expect(await reasonAgainstPolicy(aws, ofAttributes({ key: values(151) }))).toBe(tooComplex)
    expect(await reasonAgainstPolicy(aws, ofAttributes({ key1: values(100), key2: values(51) }))).toBe(tooComplex)
  })

  const unprefixed = { fauxqs: "says 'Invalid parameter: FilterPolicy: …' there too" }
  test(119, 'Subscribe says that its attributes are the reason', { differs: unprefixed }, async (aws) => {
    const topicArn = await aws.createTopic()
    expect(await refusal(aws.subscribe(topicArn, ofAttributes({ key: values(151) })))).toMatchObject({
      message: 'Invalid parameter: Attributes Reason: FilterPolicy: Filter policy is too complex',
    })
  })

  test(119, 'a value counts as often as its key is deep', { differs: accepts }, async (aws) => {
    // 3 x 4 x 2 x 3 x 1 x 3 = 216
    const policy = { a: { b: { c: values(4) } }, d: { e: values(3) }, f: values(3) }
    expect(await reasonAgainstPolicy(aws, ofBody(policy))).toBe(tooComplex)
  })

  const orOfAttributes = (source: number, metricName: number, spaceId: number) =>
    ofAttributes({
      source: values(source),
      $or: [
        { metricName: values(metricName) },
        { metricType: values(4), $or: [{ metricId: values(4) }, { spaceId: values(spaceId) }] },
      ],
    })

  test(119, 'the branches of $or are added up', { differs: accepts }, async (aws) => {
    // 4 x 6 + 4 x 4 x 4 + 4 x 4 x 4 = 152
    expect(await reasonAgainstPolicy(aws, orOfAttributes(4, 6, 4))).toBe(tooComplex)
    // 3 x 4 x 2 + 3 x 4 x 6 + 2 x 4 x 2 + 2 x 4 x 6 = 160
    const policy = {
      $or: [{ metricName: values(3) }, { namespace: values(2) }],
      detail: { scope: values(2), $or: [{ source: values(1) }, { type: values(3) }] },
    }
    expect(await reasonAgainstPolicy(aws, ofBody(policy))).toBe(tooComplex)
  })

  test(119, 'exactly 150 are fine', {}, async (aws) => {
    // 3 x 6 + 3 x 4 x 4 + 3 x 4 x 7
    for (const filter of [ofAttributes({ key: values(150) }), orOfAttributes(3, 6, 7)]) {
      const { subscriptionArn } = await aws.subscribe(await aws.createTopic(), filter)
      expect(await attributesOf(aws, subscriptionArn)).toMatchObject(filter)
    }
  })

  const wrongPolicies: [what: string, policy: object, reason: string][] = [
    ['the values of a key are in an array', { key: 'v' }, '"key" must be an object or an array'],
    ['the array is not empty', { key: [] }, 'Empty arrays are not allowed'],
    ['a rule has one operator', { key: [{ suffix: 'a', prefix: 'b' }] }, 'Only one key allowed in match expression'],
    ['an operator is a known one', { key: [{ 'wrong-operator': true }] }, 'Unrecognized match type wrong-operator'],
    [
      'anything-but has no suffix',
      { key: [{ 'anything-but': { suffix: 'a' } }] },
      'Unsupported anything-but pattern: suffix',
    ],
    ['exists is a boolean', { key: [{ exists: 'no' }] }, 'exists match pattern must be either true or false.'],
    ['a range is not upside down', { key: [{ numeric: ['>', 3, '<', 1] }] }, 'Bottom must be less than top'],
  ]
  for (const [what, policy, reason] of wrongPolicies)
    test(120, what, { differs: accepts }, async (aws) => {
      expect(await reasonAgainstPolicy(aws, ofAttributes(policy))).toBe(invalid(reason))
    })

  test(121, 'each entry of a batch is judged alone, by each subscription', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const raw = { RawMessageDelivery: 'true' }
    const filter = ofAttributes({ attr1: [{ numeric: ['>', 0, '<=', 100] }] })
    const filtered = await aws.subscribe(TopicArn, { ...raw, ...filter })
    const unfiltered = await aws.subscribe(TopicArn, raw)
    const entry = (value: string) => ({
      Id: value,
      Message: value,
      MessageAttributes: { attr1: attribute('Number', value) },
    })
    const answer = await aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: [entry('99'), entry('111')] })
    expect(answer.Successful).toMatchObject([{ Id: '99' }, { Id: '111' }])
    expect(await collect(aws, unfiltered.url, 2)).toHaveLength(2)
    expect(await collect(aws, filtered.url, 1)).toMatchObject([{ Body: '99' }])
    await aws.pass('1s')
    expect(await aws.bodies(filtered.url)).toEqual([])
  })
})

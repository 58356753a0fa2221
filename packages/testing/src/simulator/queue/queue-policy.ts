import { POLICY_BYTES, POLICY_STATEMENTS } from '@waybill/sqs'
import { isArray, isRecord, parsedJson } from '../json.ts'

/** Whether SQS takes it: of its size and its number of statements alone ("Amazon SQS policy quotas"). */
export function isQueuePolicy(policy: string): boolean {
  const document = parsedJson(policy)
  if (!isRecord(document) || Buffer.byteLength(policy) > POLICY_BYTES) return false
  return asList(document['Statement']).length <= POLICY_STATEMENTS
}

/** Whether a queue's policy lets SNS send to it for this topic: without, SNS drops what it has (case 106). */
export function allowsTopic(policy: string | undefined, queueArn: string, topicArn: string): boolean {
  const document = parsedJson(policy ?? '')
  const statements = isRecord(document) ? asList(document['Statement']).filter(isRecord) : []
  const effects = statements
    .filter((statement) => isAbout(statement, queueArn) && meets(statement['Condition'], topicArn))
    .map((statement) => statement['Effect'])
  return effects.includes('Allow') && !effects.includes('Deny')
}

function isAbout({ Action, Principal, Resource }: Readonly<Record<string, unknown>>, queueArn: string): boolean {
  const mayCall = asList(Action).some((action) => matches(String(action).toLowerCase(), 'sqs:sendmessage'))
  return mayCall && isSns(Principal) && asList(Resource).some((resource) => matches(String(resource), queueArn))
}

function isSns(principal: unknown): boolean {
  if (principal === '*') return true
  if (!isRecord(principal)) return false
  return asList(principal['Service']).includes('sns.amazonaws.com') || asList(principal['AWS']).includes('*')
}

function meets(condition: unknown, topicArn: string): boolean {
  if (!isRecord(condition)) return condition === undefined
  const context: Readonly<Record<string, string | undefined>> = {
    'aws:sourcearn': topicArn,
    'aws:sourceaccount': topicArn.split(':')[4],
  }
  return Object.entries(condition).every(([operator, keys]) => {
    if (!isRecord(keys) || !/^(Arn|String)(Equals|Like)(IfExists)?$/.test(operator)) return false
    return Object.entries(keys).every(([key, wanted]) =>
      asList(wanted).some((pattern) => matches(String(pattern), context[key.toLowerCase()] ?? '')),
    )
  })
}

/** With `*` and `?`, as policies have them. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
}

function asList(value: unknown): readonly unknown[] {
  if (isArray(value)) return value
  return value === undefined ? [] : [value]
}

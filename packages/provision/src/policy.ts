import { isRecord, parsed } from './same-json.ts'

/** Our statement in a queue's policy. `Sid` tells it from those of others. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: { readonly Service: 'sns.amazonaws.com' }
  readonly Action: 'sqs:SendMessage'
  readonly Resource: string
  readonly Condition: { readonly ArnEquals: { readonly 'aws:SourceArn': readonly string[] } }
}

/** The id of the statement for what a queue gets of topics: on the queue, and where its undelivered messages go. */
export const sidFor = (queueName: string): string => `waybill-${queueName.replace(/\.fifo$/, '')}`

/** Lets topics send to a queue, or to where its undelivered messages go. One statement, since a policy takes only 20. */
export function allowTopics(sid: string, queueArn: string, topicArns: readonly string[]): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
  }
}

/** The statement with this id, as it stands in a policy. */
export function statementIn(policy: string | undefined, sid: string): unknown {
  return statementsOf(policy).find((statement) => sidOf(statement) === sid)
}

/** The topics that a statement of ours lets in. */
export function topicsIn(statement: unknown): readonly string[] {
  const { ArnEquals } = conditionOf(statement)
  const arns = isRecord(ArnEquals) ? ArnEquals['aws:SourceArn'] : undefined
  return arns === undefined ? [] : [arns].flat().map(String)
}

/** The statement of ours, letting in exactly these topics. */
export function letting(statement: unknown, topicArns: readonly string[]): unknown {
  if (!isRecord(statement)) return statement
  return { ...statement, Condition: { ...conditionOf(statement), ArnEquals: { 'aws:SourceArn': topicArns } } }
}

/** The statement, letting in whom the present one lets in too. */
export function alsoLetting(statement: unknown, present: unknown): unknown {
  return letting(statement, [...new Set([...topicsIn(statement), ...topicsIn(present)])])
}

/** The policy with the statement in it, in place of the one with its id; what others put there is kept. */
export function withStatement(policy: string | undefined, sid: string, statement: unknown): string {
  const others = statementsOf(policy).filter((other) => sidOf(other) !== sid)
  return JSON.stringify({ Version: '2012-10-17', ...policyIn(policy), Statement: [...others, statement] })
}

/** The policy without the statement with this id: nothing, when there is no other. */
export function withoutStatement(policy: string | undefined, sid: string): string {
  const others = statementsOf(policy).filter((other) => sidOf(other) !== sid)
  return others.length === 0 ? '' : JSON.stringify({ ...policyIn(policy), Statement: others })
}

export function statementsOf(policy: string | undefined): readonly unknown[] {
  const { Statement = [] } = policyIn(policy)
  return Array.isArray(Statement) ? Statement : [Statement]
}

function policyIn(policy: string | undefined): Readonly<Record<string, unknown>> {
  const value = parsed(policy)
  return isRecord(value) ? value : {}
}

function conditionOf(statement: unknown): Readonly<Record<string, unknown>> {
  return isRecord(statement) && isRecord(statement['Condition']) ? statement['Condition'] : {}
}

function sidOf(statement: unknown): string {
  return isRecord(statement) && typeof statement['Sid'] === 'string' ? statement['Sid'] : ''
}

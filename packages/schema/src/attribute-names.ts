/** How many attributes a message may have of its own: SQS takes ten, Waybill keeps six. */
export const OWN_ATTRIBUTES = 4
/** Characters of an attribute's name (SQS SendMessage). */
export const ATTRIBUTE_NAME_LENGTH = 256

/** Whether an attribute's name is kept for Waybill. */
export function isReserved(name: string): boolean {
  return name.startsWith('waybill-') || name === 'traceparent' || name === 'tracestate'
}

/** Why an attribute of a message's own can't have that name, as the end of a sentence, or undefined. */
export function attributeNameProblem(name: string): string | undefined {
  if (isReserved(name))
    return "is a name that Waybill keeps for itself ('waybill-…', 'traceparent', 'tracestate'). Choose another."
  if (/^(aws|amazon)\./i.test(name))
    return "begins with 'AWS.' or 'Amazon.', which SQS keeps for itself. Choose another name."
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name))
    return "is not a name that SQS allows. Use letters, digits, '_', '-' and single dots between them."
  return name.length > ATTRIBUTE_NAME_LENGTH
    ? `has a name of ${name.length} characters. SQS allows ${ATTRIBUTE_NAME_LENGTH}.`
    : undefined
}

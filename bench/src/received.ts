/** As a transport receives it. */
export function received(n: number) {
  return {
    messageId: `m-${n}`,
    receiptHandle: `h-${n}`,
    body: '{}',
    attributes: {},
    group: undefined,
    sequenceNumber: undefined,
    receives: 1,
    sentAt: 0,
  }
}

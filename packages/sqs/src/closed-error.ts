/** A call on a connection that is closed. The AWS SDK's clients would go on working. */
export class ClosedError extends Error {}

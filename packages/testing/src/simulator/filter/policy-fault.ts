/** What is wrong with a filter policy, in SNS's words. */
export class PolicyFault extends Error {
  constructor(message: string) {
    super(`FilterPolicy: ${message}`)
  }
}

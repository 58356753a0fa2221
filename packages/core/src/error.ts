/**
 * The base of every error that Waybill throws: `code` is one of a closed set, `cause` is what lay beneath.
 *
 * @example
 * if (error instanceof WaybillError && error.code === 'timeout') alert()
 */
export abstract class WaybillError<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

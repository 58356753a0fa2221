interface LogMethod {
  (fields: object, message?: string): void
  (message: string): void
}

/** What Waybill needs of a logger; pino's fits, and so does anything of its shape. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  child(fields: object): Logger
}

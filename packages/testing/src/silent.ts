import type { Logger } from '@waybill/sqs'

/** Logs nothing. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

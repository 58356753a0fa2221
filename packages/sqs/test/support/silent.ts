import type { Logger } from '../../src/index.ts'

const nothing = () => {}

/** A logger for tests that don't look at logs. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }

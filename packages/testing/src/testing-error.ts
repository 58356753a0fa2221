import { WaybillError } from '@waybill/core'

/**
 * Something about a test: a backend can't be had (`not-installed`: a package is missing, `no-docker`: no Docker engine
 * answers, `not-started`: the container does not get ready), a promise was waited for in vain (`not-settled`), or a test
 * leaves something running (`left-behind`).
 */
export class TestingError extends WaybillError<
  'not-installed' | 'no-docker' | 'not-started' | 'not-settled' | 'left-behind'
> {}

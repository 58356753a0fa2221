import { WaybillError } from '@waybill/core'

/** A backend that can't be had: a package is missing, no Docker engine answers, or the container did not get ready. */
export class BackendError extends WaybillError<'not-installed' | 'no-docker' | 'not-started'> {}

export {
  type Backend,
  BackendError,
  type BackendOptions,
  embedded,
  type EmbeddedOptions,
  endpoint,
  localstack,
  type LocalStackOptions,
} from '@waybill/testing'

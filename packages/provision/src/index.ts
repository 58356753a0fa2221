export { apply, type Applied } from './apply.ts'
export {
  type CannotChange,
  type Change,
  type Create,
  describeChange,
  type Resource,
  type Unmanaged,
  type Update,
} from './change.ts'
export type { Declaration } from './declarations.ts'
export { destroy } from './destroy.ts'
export { plan, type Plan } from './plan.ts'
export { ProvisionError, type ProvisionErrorCode } from './provision-error.ts'

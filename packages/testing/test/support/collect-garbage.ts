import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Whatever only weak references lead to is gone afterwards. */
export const collectGarbage: () => void = runInNewContext('gc')

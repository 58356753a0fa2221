import { defineConfig } from 'vitest/config'

// Packages find each other's sources, without a build.
// Not Vite's default conditions: the AWS SDK's `module` files are not ES modules that Node can load.
const resolve = { conditions: ['@waybill/source', 'node'] }

export default defineConfig({
  ssr: { resolve },
  test: { env: { WAYBILL_LOG_LEVEL: 'silent' }, include: ['packages/*/test/**/*.test.ts'] },
})

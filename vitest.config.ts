import { defaultExclude, defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts'

// Packages find each other's sources, without a build; so do the processes that tests start, through NODE_OPTIONS.
// Not Vite's default conditions: the AWS SDK's `module` files are not ES modules that Node can load.
const resolve = { conditions: ['@waybill/source', 'node'] }

export default defineConfig({
  ssr: { resolve },
  // Where global set-ups run.
  environments: { __vitest__: { resolve } },
  test: {
    env: { NODE_OPTIONS: '--conditions=@waybill/source', WAYBILL_LOG_LEVEL: 'silent' },
    // Tests wait more than they work: for a poll to end, for a container to answer.
    maxConcurrency: 20,
    maxWorkers: 4,
    // Long enough for a machine that is busy with other things: no test is about how fast it is.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      { extends: true, test: { name: 'packages', include: ['packages/*/test/**/*.test.ts'] } },
      { extends: true, test: { name: 'bench', include: ['bench/test/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['test/chaos/**', ...defaultExclude],
          globalSetup: './test/support/localstack-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: './test/support/localstack-setup.ts',
          // Many processes each: one file at a time, when all others are done.
          fileParallelism: false,
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    typecheck: {
      enabled: true,
      only: true,
      include: ['{packages/*/test,test}/**/*.test-d.ts'],
      tsconfig: 'tsconfig.types.json',
    },
  },
})

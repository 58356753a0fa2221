// Says what to run when something that the benchmarks load is not installed or not built.
try {
  await Promise.all([import('./peers/index.ts').then(({ loadAll }) => loadAll()), import('fauxqs')])
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
  console.error(`${error.message}
Benchmarks measure what is built. In the root of the repository: npm ci && npm run build && npm --prefix bench ci`)
  process.exitCode = 1
}

import { TestingError } from './testing-error.ts'

/** Loads an optional peer dependency. */
export async function optionalPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_BUILTIN_MODULE')
      throw new TestingError(
        'not-installed',
        `The package ${name} needs a newer Node than ${process.version}: ${error.message}. Use Node 22.13 or later.`,
        { cause: error },
      )
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!missing || !error.message.includes(`'${name}'`)) throw error
    throw new TestingError(
      'not-installed',
      `The package ${name} is not installed. Run: npm install --save-dev ${name}`,
      {
        cause: error,
      },
    )
  }
}

import { TestingError } from '@waybill/testing'
import { expect, test } from 'vitest'
import { optionalPeer } from '../src/optional-peer.ts'

const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ name)

test('an optional package that is missing is named with the command that installs it', async () => {
  const loading = optionalPeer('no-such-package', () => load('no-such-package'))
  await expect(loading).rejects.toThrow(TestingError)
  await expect(loading).rejects.toMatchObject({
    code: 'not-installed',
    message: 'The package no-such-package is not installed. Run: npm install --save-dev no-such-package',
  })
})

test('an error inside an optional package is its own', async () => {
  const broken = new Error('broken inside')
  await expect(optionalPeer('fauxqs', () => Promise.reject(broken))).rejects.toBe(broken)
})

test('an optional package that needs a newer Node says so', async () => {
  const builtin = Object.assign(new Error('No such built-in module: node:sqlite'), {
    code: 'ERR_UNKNOWN_BUILTIN_MODULE',
  })
  await expect(optionalPeer('fauxqs', () => Promise.reject(builtin))).rejects.toMatchObject({
    name: 'TestingError',
    message: `The package fauxqs needs a newer Node than ${process.version}: No such built-in module: node:sqlite. Use Node 22.13 or later.`,
  })
})

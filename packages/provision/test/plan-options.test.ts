import { plan } from '@waybill/provision'
import { OptionsError } from '@waybill/core'
import { simulate } from '@waybill/testing'
import { expect, test } from 'vitest'
import { shop } from './support/contracts.ts'

test.each([
  [null, 'plan: null is not an object of options. Write { prune: … }.'],
  [{ prun: true }, "'prun' is not an option of plan. Did you mean prune?"],
  [{ prune: 'yes' }, "prune: 'yes' is not true or false."],
  [{ allow: 'lower-retention' }, "allow: 'lower-retention' is not a list. Write allow: ['lower-retention']."],
  [7, 'plan: 7 is not an object of options. Write { prune: … }.'],
  [['prune'], 'plan: an array is not an object of options. Write { prune: … }.'],
  [{ dryRun: true }, "'dryRun' is not an option of plan. Its options are prune, allow, tags."],
  [{ prune: null }, 'prune: null is not true or false.'],
  [{ allow: true }, "allow: true is not a list. Write allow: ['lower-retention']."],
  [{ allow: ['lower-retenion'] }, "'lower-retenion' is not an option of allow. Did you mean 'lower-retention'?"],
  [
    { allow: ['everything'] },
    "'everything' is not an option of allow. Its options are lower-retention, lower-max-receive-count, lower-maximum-message-size, other-encryption.",
  ],
  [{ tags: 'team' }, "tags: 'team' is not an object of tags. Write { team: 'billing' }."],
  [{ tags: ['team'] }, "tags: an array is not an object of tags. Write { team: 'billing' }."],
  [{ tags: { team: 7 } }, "tags: 'team' is 7, which is not a string. Write it in quotes."],
  [{ tags: { 'aws:x': '' } }, "tags: the key 'aws:x' begins with 'aws:', which is AWS's own. Write another key."],
])('a plan with %o is refused, before anything is asked', async (options, message) => {
  await using aws = simulate()
  await expect(plan(aws, shop, options as never)).rejects.toThrow(new OptionsError(message))
  expect(aws.requests).toEqual([])
})

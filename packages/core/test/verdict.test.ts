import { refusalOf } from '@waybill/core'
import { describe, expect, test } from 'vitest'

describe('the refusal of a call that threw', () => {
  test('is what the error says of itself', () => {
    const error = Object.assign(new Error('busy'), { verdict: 'later', unknown: false })
    expect(refusalOf(error)).toEqual({ ok: false, error, verdict: 'later', unknown: false })
  })

  test('is for good, and of unknown outcome, when the error says nothing', () => {
    const error = new TypeError('bug')
    expect(refusalOf(error)).toEqual({ ok: false, error, verdict: 'never', unknown: true })
  })

  test('has an error even when none was thrown', () => {
    expect(refusalOf('oops')).toMatchObject({ ok: false, error: new Error('oops'), verdict: 'never' })
  })
})

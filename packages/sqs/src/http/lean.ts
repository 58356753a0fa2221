import { HttpRequest } from '@smithy/core/protocols'
import type { Pluggable } from '@smithy/types'

/**
 * For a client of the AWS SDK: its user agent is made once, not for each request, and its loop for retries is gone. It would go
 * round once, since Waybill retries itself.
 */
export function lean<Input extends object, Output extends object>(
  userAgent: () => Promise<string>,
): Pluggable<Input, Output> {
  let agent: Promise<string> | undefined
  return {
    applyToStack(stack) {
      // The signer's place is behind it, so that it can't be removed.
      stack.add((next) => next, { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', override: true })
      stack.add(
        (next) => async (args) => {
          const { request } = args
          agent ??= userAgent()
          if (HttpRequest.isInstance(request)) request.headers['user-agent'] = await agent
          return next(args)
        },
        { name: 'getUserAgentMiddleware', step: 'build', priority: 'low', override: true },
      )
    },
  }
}

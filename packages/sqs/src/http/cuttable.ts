import { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/** Connects as before, and `cut` ends what does not stand yet: an agent that is destroyed would wait for it, up to 10 s. */
export function cuttable(connector: buildConnector.connector) {
  const connecting = new Set<unknown>()
  return {
    connect(options: buildConnector.Options, callback: buildConnector.Callback) {
      const socket: unknown = connector(options, (...outcome) => {
        connecting.delete(socket)
        callback(...outcome)
      })
      connecting.add(socket)
    },
    cut() {
      for (const socket of connecting) if (socket instanceof Socket) socket.destroy()
    },
  }
}

/** How the hot calls go: what holds of one holds of the other. */
export const TRANSPORTS = ['sdk', 'direct'] as const

import type { Plan } from '@waybill/provision'

/** What a plan is about, without the values. */
export const subjects = ({ changes }: Plan): string[] =>
  changes.map(({ kind, name, resource }) => `${kind} ${resource} ${name}`)

import type { Connection } from '@waybill/sqs'
import type { Tag } from './change.ts'

export async function makeTags({ admin }: Connection, { id, resource, to }: Tag): Promise<void> {
  await (resource === 'queue' ? admin.tagQueue(id, to) : admin.tagTopic(id, to))
}

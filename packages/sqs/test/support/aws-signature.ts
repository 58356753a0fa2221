import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import type { SigningIdentity, SigningScope } from '../../src/http/sign.ts'

interface Signed {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string | Uint8Array
}

/** What `authorization` must say: by the AWS SDK's signer, of the headers that it says are signed. */
export async function awsAuthorization(
  { path, headers, body }: Signed,
  { sessionToken, ...keys }: SigningIdentity,
  scope: SigningScope,
): Promise<string> {
  const names = /SignedHeaders=([^,]*)/.exec(String(headers['authorization']))?.[1]?.split(';') ?? []
  const time = String(headers['x-amz-date'])
  const signer = new SignatureV4({
    ...scope,
    credentials: { ...keys, ...(sessionToken !== undefined && { sessionToken }) },
    sha256: Hash.bind(null, 'sha256'),
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      protocol: 'https:',
      hostname: String(headers['host']),
      method: 'POST',
      path,
      query: {},
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: new Date(time.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')) },
  )
  return signed.headers['authorization'] ?? ''
}

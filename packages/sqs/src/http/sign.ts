import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { stringOf } from '../fields-of.ts'

/** Whose requests they are. */
export interface SigningIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** What a signature is good for, beside its day. */
export interface SigningScope {
  readonly region: string
  readonly service: string
}

interface RequestToSign {
  readonly path: string
  /** With `host`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export type Sign = (
  request: RequestToSign,
  identity: SigningIdentity,
  at: Date,
  scope: SigningScope,
) => Record<string, string>

/**
 * Signs POST requests without a query by AWS's Signature Version 4: returns the headers that they are to be sent with. The
 * key of a day is derived once for each secret.
 */
export function createSigner(): Sign {
  let cached: { readonly secret: string; readonly scope: string; readonly key: KeyObject } | undefined

  function keyOf({ secretAccessKey }: SigningIdentity, scope: string): KeyObject {
    if (cached?.secret !== secretAccessKey || cached.scope !== scope) {
      const start = createSecretKey(`AWS4${secretAccessKey}`, 'utf8')
      const key = scope.split('/').reduce((from, part) => createSecretKey(hmac(from, part).digest()), start)
      cached = { secret: secretAccessKey, scope, key }
    }
    return cached.key
  }

  return ({ path, headers, body }, identity, at, { region, service }) => {
    checkIdentity(identity)
    const time = at.toISOString().replace(/[:-]|\.\d{3}/g, '')
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
    const signed: Record<string, string> = { ...headers, 'x-amz-date': time }
    if (identity.sessionToken) signed['x-amz-security-token'] = identity.sessionToken
    const names = Object.keys(signed).filter(isSigned).toSorted()
    const lines = names.map((name) => `${name}:${(signed[name] ?? '').trim().replace(/\s+/g, ' ')}\n`)
    const list = names.join(';')
    const canonical = `POST\n${escaped(path)}\n\n${lines.join('')}\n${list}\n${hash('sha256', body)}`
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`
    const signature = hmac(keyOf(identity, scope), toSign).digest('hex')
    signed['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${identity.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`
    return signed
  }
}

const hmac = (key: KeyObject, text: string) => createHmac('sha256', key).update(text)

/** What AWS wants signed; proxies may touch the others. */
const isSigned = (name: string) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-')

/** As AWS escapes the path that it got, after `//`, `.` and `..` are resolved. */
function escaped(path: string): string {
  if (path === '/') return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(encodeURIComponent(part).replace(/[!'()*]/g, percent))
  }
  const end = path.endsWith('/') && parts.length > 0 ? '/' : ''
  return `/${parts.join('/')}${end}`
}

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** A provider may give anything. In the words of the AWS SDK's own signer. */
function checkIdentity(identity: SigningIdentity): void {
  if (stringOf(identity, 'accessKeyId') && stringOf(identity, 'secretAccessKey')) return
  throw new Error('Resolved credential object is not valid')
}

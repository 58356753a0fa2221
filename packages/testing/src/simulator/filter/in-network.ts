import { BlockList, isIP } from 'node:net'
import { PolicyFault } from './policy-fault.ts'

/** The operator `cidr`: whether a text is an address of the network. */
export function inNetwork(cidr: string): (text: string) => boolean {
  const [address = '', bits = '', ...more] = cidr.split('/')
  if (bits === '' || more.length > 0) throw new PolicyFault("Malformed CIDR, one '/' required")
  if (!/^\d+$/.test(bits)) throw new PolicyFault('Malformed CIDR, mask bits must be an integer')
  const family = familyOf(address)
  if (!family) throw new PolicyFault(`Nonstandard IP address: ${address}`)
  if (Number(bits) >= family.bits) throw new PolicyFault(`${family.label} mask bits must be < ${family.bits}`)
  const network = new BlockList()
  network.addSubnet(address, Number(bits), family.name)
  return (text) => familyOf(text) === family && network.check(text, family.name)
}

const IPV4 = { name: 'ipv4', label: 'IPv4', bits: 32 } as const
const IPV6 = { name: 'ipv6', label: 'IPv6', bits: 128 } as const

function familyOf(address: string) {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? IPV4 : IPV6
}

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Private key (PKCS #8) and certificate (X.509), as DER. */
export interface SelfSigned {
  key: Buffer;
  certificate: Buffer;
}

const DAYS = 3_650;
const DAY_MS = 86_400_000;
const NAME = 'localhost';
const LOOPBACK = Buffer.from([127, 0, 0, 1]);

/** Tags of ASN.1. */
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BOOLEAN_TRUE = Buffer.from([0x01, 0x01, 0xff]);
const BITS = 0x03;
const OCTETS = 0x04;
const TEXT = 0x0c;
const TIME = 0x18;
const VERSION_3 = Buffer.from([0xa0, 0x03, 0x02, 0x01, 0x02]);
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
/** Object identifiers, encoded. */
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');

/**
 * A certificate for this machine alone, signed by its own key: nobody vouches for it, so a browser asks once. Node can make
 * keys, but no certificates, and the image has no other program for it.
 */
export function selfSigned(nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(TEXT, Buffer.from(NAME)))));
  const body = der(
    SEQUENCE,
    VERSION_3,
    // Positive, whatever the first bit is.
    der(INTEGER, Buffer.from([1]), randomBytes(15)),
    algorithm,
    name,
    der(SEQUENCE, time(nowMs - DAY_MS), time(nowMs + DAYS * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, ...extensions())),
  );
  const signature = der(BITS, Buffer.from([0]), sign('sha256', body, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'der' }),
    certificate: der(SEQUENCE, body, algorithm, signature),
  };
}

function extensions(): Buffer[] {
  const names = der(SEQUENCE, der(DNS_NAME, Buffer.from(NAME)), der(IP_ADDRESS, LOOPBACK));
  return [
    der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTETS, names)),
    der(SEQUENCE, BASIC_CONSTRAINTS, BOOLEAN_TRUE, der(OCTETS, der(SEQUENCE))),
  ];
}

/** `20261122125000Z`. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return der(TIME, Buffer.from(`${digits}Z`));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export function pem(label: 'CERTIFICATE' | 'PRIVATE KEY', content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Whether the key is that of the certificate, both as PEM. */
export function isPair(key: string, certificate: { publicKey: { equals(other: unknown): boolean } }): boolean {
  return certificate.publicKey.equals(createPublicKey(createPrivateKey(key)));
}

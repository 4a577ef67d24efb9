import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPair, selfSigned } from './certificate.ts';
import { generatedPair, nginxConfig, ownPair, type TlsPair } from './tls-files.ts';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');

function pair(): TlsPair {
  const { key, certificate } = selfSigned(NOW_MS);
  return generatedPair(key.toString('base64url'), certificate.toString('base64url'));
}

describe('the generated certificate', () => {
  it('is of this machine, of its own key, and lasts', () => {
    const { key, certificate } = pair();
    const read = new X509Certificate(certificate);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(isPair(key, read)).toBe(true);
    expect([read.checkHost('localhost'), read.checkHost('other')]).toEqual(['localhost', undefined]);
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(read.ca).toBe(false);
    expect(read.validFromDate.toISOString()).toBe('2026-11-21T12:00:00.000Z');
    expect(read.validToDate.toISOString()).toBe('2036-11-19T12:00:00.000Z');
  });

  it('is another each time', () => {
    expect(new X509Certificate(pair().certificate).serialNumber).not.toBe(
      new X509Certificate(pair().certificate).serialNumber,
    );
  });
});

describe("a certificate of one's own", () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ebb-tls-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const put = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);

  it('is taken where it is there, and need not be', async () => {
    expect(await ownPair('')).toBeNull();
    expect(await ownPair(directory)).toBeNull();
    const { certificate, key } = pair();
    await put('tls.crt', certificate);
    await put('tls.key', key);
    expect(await ownPair(directory)).toEqual({ certificate, key });
  });

  it('is refused where half of it is missing, or it is not one', async () => {
    await put('tls.crt', pair().certificate);
    await expect(ownPair(directory)).rejects.toThrow('must both be there');
    await put('tls.key', pair().key);
    await expect(ownPair(directory)).rejects.toThrow('tls.key is not the key of tls.crt');
    await put('tls.crt', 'something else');
    await expect(ownPair(directory)).rejects.toThrow('the certificate in the volume "tls"');
  });
});

it('the proxy reads its own files and speaks TLS alone', () => {
  const config = nginxConfig('/run/ebb/secrets/tls', 'dashboard:3000');
  expect(config).toContain('ssl_certificate_key /run/ebb/secrets/tls/tls.key;');
  expect(config).toContain('http://dashboard:3000;');
  expect([...config.matchAll(/listen (.*);/g)].map(([, address]) => address)).toEqual(['8443 ssl']);
});

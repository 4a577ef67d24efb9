import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { NeedleSearch } from './needle-search.ts';
import { readTarContents } from './tar-contents.ts';

const NEEDLES = new Map([
  ['plain', 'correct horse'],
  ['packed', 'battery staple'],
  ['absent', 'nothing of it'],
]);

/** A tar with an empty file, a plain one, and a layer that is a packed tar. */
function archive(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-tar-'));
  try {
    const tar = (...names: string[]): Buffer => execFileSync('tar', ['-c', '-C', folder, ...names]);
    writeFileSync(join(folder, 'inner.txt'), `${'x'.repeat(70_000)}battery staple${'y'.repeat(700)}`);
    writeFileSync(join(folder, 'layer.tar.gz'), gzipSync(tar('inner.txt')));
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'plain'), `${'z'.repeat(600)}correct horse`);
    return tar('empty', 'layer.tar.gz', 'plain');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each([1, 7, 512, 1_000, 65_536])(
  'finds texts in packed and plain files, read in pieces of %i bytes',
  async (size) => {
    const bytes = archive();
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    const search = new NeedleSearch(NEEDLES);
    await readTarContents(Readable.from(pieces), (chunk) => search.push(chunk));
    expect([...search.found].toSorted()).toEqual(['packed', 'plain']);
  },
);

it('fails where a packed file is damaged', async () => {
  const bytes = archive();
  const at = bytes.indexOf(Buffer.from([0x1f, 0x8b]));
  bytes.fill(0xff, at + 20, at + 60);
  await expect(readTarContents(Readable.from([bytes]), () => {})).rejects.toThrow(/invalid|incorrect/);
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findJava, findMaven } from './java.ts';
import { ensureKafkaJars } from './kafka-jars.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-jars-'));
  vi.stubEnv('EBB_CACHE', join(folder, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A `mvn` that answers to --version and otherwise does as told. */
function installMaven(script: string): void {
  const text = `#!/bin/sh\nif [ "$1" = --version ]; then echo 'Apache Maven 3.9.9 (abc)'; exit 0; fi\n${script}\n`;
  writeFileSync(join(folder, 'mvn'), text, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
}

const COPY = 'for a in "$@"; do case $a in -DoutputDirectory=*) dir=${a#-DoutputDirectory=};; esac; done';

test('without Maven or Java the message says what to install', async () => {
  vi.stubEnv('PATH', folder);
  vi.stubEnv('JAVA_HOME', '');
  await expect(findMaven()).rejects.toMatchObject({
    code: 'MAVEN_MISSING',
    message: expect.stringMatching(/install/) as string,
  });
  await expect(findJava()).rejects.toMatchObject({
    code: 'JAVA_MISSING',
    message: expect.stringMatching(/install/) as string,
  });
});

test('a download that fails carries the reason of Maven, and leaves nothing that looks complete', async () => {
  installMaven(
    `${COPY}; touch "$dir/half.jar"; echo '[ERROR] Could not transfer artifact: Connection refused'; exit 1`,
  );
  await expect(ensureKafkaJars()).rejects.toMatchObject({
    code: 'MAVEN_FAILED',
    message: expect.stringMatching(/Connection refused/) as string,
  });
  const [target] = readdirSync(join(folder, 'cache'));
  expect(readdirSync(join(folder, 'cache', target ?? ''))).toEqual([]);
});

test('a download is made once, shows how far it is, and is in the cache for everybody', async () => {
  const lines =
    'i=0; while [ $i -lt 20 ]; do i=$((i+1)); echo "Downloaded from central: https://x/$i.jar (1 kB)"; done';
  installMaven(`${COPY}; ${lines}; touch "$dir/b.jar" "$dir/a.jar"`);
  const progress: string[] = [];
  const { classPath } = await ensureKafkaJars({ onProgress: (line) => progress.push(line) });
  expect(classPath.split(':').map((path) => basename(path))).toEqual(['a.jar', 'b.jar']);
  expect(progress).toContain('downloading Kafka 4.3.1: 20 jars so far');
  installMaven('exit 1');
  expect((await ensureKafkaJars()).classPath).toBe(classPath);
});

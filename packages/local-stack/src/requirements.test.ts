import { expect, test } from 'vitest';
import { javaMajor } from './java.ts';
import { installHint, packagerOf } from './requirements.ts';

test.for([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', null],
] as const)('%s is Java %s', ([text, major]) => {
  expect(javaMajor(text)).toBe(major);
});

test.for([
  ['ID=debian\nVERSION_ID="12"', 'apt-get'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'apt-get'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'dnf'],
  ['ID=alpine', 'apk'],
  ['ID=arch', 'unknown'],
] as const)('%s installs with %s', ([release, packager]) => {
  expect(packagerOf(release)).toBe(packager);
});

test('a hint is a command to copy, or where to look', () => {
  expect(installHint('java', 'apt-get')).toBe('install it with: sudo apt-get install -y openjdk-17-jre-headless');
  expect(installHint('maven', 'unknown')).toContain('https://maven.apache.org');
});

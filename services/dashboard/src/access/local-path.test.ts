import { expect, test } from 'vitest';
import { localPath } from './local-path.ts';

const PAGES = ['/', '/overview', '/customers'];

test.each([
  ['/overview', '/overview'],
  ['/customers?source=shop&text=a%20b', '/customers?source=shop&text=a%20b'],
  ['/overview#x', '/overview'],
  ['/x/../overview', '/overview'],
])('%s is a page', (wanted, expected) => {
  expect(localPath(wanted, PAGES)).toBe(expected);
});

test.each([
  undefined,
  '',
  'overview',
  'https://evil.example/overview',
  '//evil.example/overview',
  '/\\evil.example/overview',
  '\\\\evil.example',
  '/\t/evil.example/overview',
  '/\n/evil.example',
  'javascript:alert(1)',
  ' /overview',
  '/login',
  '/logout',
  '/api/overview',
  '/overview/../../api/customers',
  '//nowhere.invalid:80@evil.example/overview',
  `/overview?${'a'.repeat(600)}`,
])('%j is none', (wanted) => {
  expect(localPath(wanted, PAGES)).toBe('/');
});

test('no header can be smuggled in', () => {
  expect(localPath('/overview?a=1\r\nset-cookie:x=y', PAGES)).not.toMatch(/[\r\n]/);
});

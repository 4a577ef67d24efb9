import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaOptions, portOption, saslRule } from './common-options.ts';
import { envFlag, envInteger, envList, envNumber, envText, envUrl } from './env-types.ts';
import { describeOptions, loadConfig, option } from './load-config.ts';

const options = {
  port: portOption('APP_PORT', 8090, 'port'),
  password: option('APP_PASSWORD', envText({ min: 8 }), { description: 'password', secret: true }),
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ebb-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('loadConfig', () => {
  it('reads typed values, defaults included, and freezes them', () => {
    const config = loadConfig(options, { APP_PASSWORD: 'long enough' });
    expect(config).toEqual({ port: 8090, password: 'long enough' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads a value from the file that NAME_FILE names, without its last line break', () => {
    const file = join(directory, 'password');
    writeFileSync(file, 'from a file\n');
    expect(loadConfig(options, { APP_PASSWORD_FILE: file }).password).toBe('from a file');
  });

  it('refuses a value and a file for the same option, and a file that is missing', () => {
    expect(() => loadConfig(options, { APP_PASSWORD: 'long enough', APP_PASSWORD_FILE: '/x' })).toThrow(/both set/);
    expect(() => loadConfig(options, { APP_PASSWORD_FILE: join(directory, 'none') })).toThrow(/cannot read/);
  });

  it('lists every problem at once and never shows a secret', () => {
    const load = (): unknown => loadConfig(options, { APP_PORT: '80x', APP_PASSWORD: 'short' });
    expect(load).toThrow(/APP_PORT: "80x" must be a whole number.*APP_PASSWORD/);
    expect(load).not.toThrow(/short"/);
    expect(() => loadConfig(options, {})).toThrow(/APP_PASSWORD is not set/);
  });

  it('applies rules over several options', () => {
    const env = { EBB_KAFKA_BROKERS: 'a:1, b:2', EBB_KAFKA_SASL_MECHANISM: 'plain', EBB_KAFKA_SASL_USERNAME: 'u' };
    expect(() => loadConfig(kafkaOptions, env, [saslRule])).toThrow(/EBB_KAFKA_SASL_PASSWORD/);
    const config = loadConfig(kafkaOptions, { ...env, EBB_KAFKA_SASL_PASSWORD: 'p' }, [saslRule]);
    expect(config.kafkaBrokers).toEqual(['a:1', 'b:2']);
  });

  it('describes options without the defaults of secrets', () => {
    expect(describeOptions(options)).toEqual([
      { name: 'APP_PORT', default: '8090', description: 'port' },
      { name: 'APP_PASSWORD', default: '', description: 'password' },
    ]);
  });
});

describe('environment types', () => {
  it.each(['1.5', '1e3', '0x10', '', 'NaN', '99999999999999999999'])('envInteger refuses %j', (text) => {
    expect(envInteger().safeParse(text).success).toBe(false);
  });

  it.each(['NaN', 'Infinity', '1e3', '.', ''])('envNumber refuses %j', (text) => {
    expect(envNumber().safeParse(text).success).toBe(false);
  });

  it('reads flags, lists, numbers and URLs', () => {
    expect(envFlag().parse('OFF')).toBe(false);
    expect(envFlag().safeParse('maybe').success).toBe(false);
    expect(envList().parse(' a, ,b ')).toEqual(['a', 'b']);
    expect(envList().safeParse(' , ').success).toBe(false);
    expect(envNumber({ min: 0, max: 1 }).parse('.25')).toBe(0.25);
    expect(envNumber({ max: 1 }).safeParse('1.01').success).toBe(false);
    expect(envUrl(['postgres']).safeParse('http://x').success).toBe(false);
    expect(envUrl(['postgres']).parse('postgres://u:p@h/d')).toBe('postgres://u:p@h/d');
  });
});

import { expect, test } from 'vitest';
import { brokerProperties } from './kafka-config.ts';

test('the broker listens on loopback alone, stamps arrival and makes no topic by accident', () => {
  const lines = brokerProperties({ dataDir: '/data', port: 1, controllerPort: 2 }).trim().split('\n');
  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2');
  expect(lines).toContain('log.message.timestamp.type=LogAppendTime');
  expect(lines).toContain('auto.create.topics.enable=false');
  expect(lines.every((line) => /^[a-z.]+=\S+$/.test(line))).toBe(true);
});

test('each link has a port of its own, and names the proxy before it to who comes in there', () => {
  const links = [{ port: 3, advertisedPort: 4 }];
  const lines = brokerProperties({ dataDir: '/data', port: 1, controllerPort: 2, links }).split('\n');
  const own = 'PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2';
  expect(lines).toContain(`listeners=${own},LINK0://127.0.0.1:3`);
  expect(lines).toContain(`advertised.listeners=${own},LINK0://127.0.0.1:4`);
});

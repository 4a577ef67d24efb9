import { join } from 'node:path';

export interface BrokerLayout {
  dataDir: string;
  port: number;
  controllerPort: number;
  /** Further ports, each of which names another port to its clients: that of a proxy before it. */
  links?: readonly BrokerLink[];
}

export interface BrokerLink {
  port: number;
  advertisedPort: number;
}

/** `server.properties` of a broker that is its own controller, for one machine with two cores. */
export function brokerProperties(layout: BrokerLayout): string {
  const broker = `PLAINTEXT://127.0.0.1:${layout.port}`;
  const controller = `127.0.0.1:${layout.controllerPort}`;
  const links = layout.links ?? [];
  const linkUrls = (portOf: (link: BrokerLink) => number): string =>
    links.map((link, index) => `,LINK${index}://127.0.0.1:${portOf(link)}`).join('');
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `${broker},CONTROLLER://${controller}${linkUrls((link) => link.port)}`,
    'advertised.listeners': `${broker},CONTROLLER://${controller}${linkUrls((link) => link.advertisedPort)}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${links.map((_, index) => `,LINK${index}:PLAINTEXT`).join('')}`,
    'controller.quorum.bootstrap.servers': controller,
    'log.dirs': join(layout.dataDir, 'log'),
    'auto.create.topics.enable': false,
    'log.message.timestamp.type': 'LogAppendTime',
    'log.segment.bytes': 268_435_456,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 4,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    // A group of one must not wait three seconds for members that never come.
    'group.initial.rebalance.delay.ms': 0,
    'controlled.shutdown.enable': true,
    // After kill -9 the new broker is let in only when the session of the killed one has run out (9 s by default).
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 3_000,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

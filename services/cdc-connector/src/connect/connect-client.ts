import { EbbError, errorMessage } from '@ebb/core';
import { z } from 'zod';
import type { ConnectorErrorCode } from '../errors.ts';
import type { ConnectorDefinition } from './definition.ts';

const taskStatus = z.object({ id: z.number(), state: z.string(), trace: z.string().optional() });
const expanded = z.record(
  z.string(),
  z.object({
    info: z.object({ config: z.record(z.string(), z.string().nullable()) }),
    status: z.object({
      connector: z.object({ state: z.string(), trace: z.string().optional() }),
      tasks: z.array(taskStatus),
    }),
  }),
);
const offsets = z.object({
  offsets: z.array(z.object({ offset: z.record(z.string(), z.unknown()).nullable() })),
});

export interface ConnectorStatus {
  config: ConnectorDefinition;
  /** RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, RESTARTING, … */
  state: string;
  trace: string | null;
  tasks: { id: number; state: string; trace: string | null }[];
}

/** Where the connector stands, by what it last told Kafka. */
export interface ConnectorOffset {
  lsn: bigint | null;
  isSnapshotComplete: boolean;
}

const TIMEOUT_MS = 10_000;

/** The REST interface of Kafka Connect, as far as it is used here. */
export class ConnectClient {
  readonly #url: string;
  readonly #authorization: string | null;

  constructor(url: string) {
    const parsed = new URL(url);
    const { username, password } = parsed;
    this.#authorization = username
      ? `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
      : null;
    parsed.username = '';
    parsed.password = '';
    this.#url = parsed.href.replace(/\/$/, '');
  }

  async connectors(): Promise<Map<string, ConnectorStatus>> {
    const found = expanded.parse(await this.#call('GET', '/connectors?expand=status&expand=info'));
    return new Map(
      Object.entries(found).map(([name, { info, status }]) => [
        name,
        {
          config: withoutNulls(info.config),
          state: status.connector.state,
          trace: status.connector.trace ?? null,
          tasks: status.tasks.map((task) => ({ ...task, trace: task.trace ?? null })),
        },
      ]),
    );
  }

  /** Null where it never wrote any. */
  async offset(name: string): Promise<ConnectorOffset | null> {
    const found = offsets.parse(await this.#call('GET', `/connectors/${encodeURIComponent(name)}/offsets`));
    const offset = found.offsets[0]?.offset;
    if (offset === undefined || offset === null) return null;
    const isSnapshot = offset['snapshot'] !== undefined && offset['snapshot'] !== null;
    return {
      lsn: typeof offset['lsn'] === 'number' ? BigInt(offset['lsn']) : null,
      isSnapshotComplete: !isSnapshot || offset['snapshot_completed'] === true,
    };
  }

  /** Created at rest, so that its offsets can be looked at before it does anything. */
  async create(name: string, config: ConnectorDefinition): Promise<void> {
    await this.#call('POST', '/connectors', { name, config, initial_state: 'STOPPED' });
  }

  async configure(name: string, config: ConnectorDefinition): Promise<void> {
    await this.#call('PUT', `/connectors/${encodeURIComponent(name)}/config`, config);
  }

  async setState(name: string, state: 'pause' | 'resume' | 'stop'): Promise<void> {
    await this.#call('PUT', `/connectors/${encodeURIComponent(name)}/${state}`);
  }

  async restartFailed(name: string): Promise<void> {
    await this.#call('POST', `/connectors/${encodeURIComponent(name)}/restart?includeTasks=true&onlyFailed=true`);
  }

  async remove(name: string): Promise<void> {
    await this.#call('DELETE', `/connectors/${encodeURIComponent(name)}`);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.#fetch(method, path, body);
    const text = await response.text();
    if (response.ok) return text === '' ? null : JSON.parse(text);
    // 409: a rebalance is under way. 404 to the list, 5xx: the worker has just started, or Kafka is away.
    const isPassing = response.status === 409 || response.status >= 500 || text.startsWith('<html');
    const code: ConnectorErrorCode = isPassing ? 'CONNECT_UNREACHABLE' : 'CONNECT_REFUSED';
    const said = text.startsWith('<html') ? 'it is starting' : messageOf(text);
    throw new EbbError(code, `Kafka Connect answers ${response.status} to ${method} ${path}: ${said}`);
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(this.#url + path, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          ...(this.#authorization === null ? {} : { authorization: this.#authorization }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const message = `Kafka Connect does not answer at ${this.#url}: ${errorMessage(error)}`;
      throw new EbbError<ConnectorErrorCode>('CONNECT_UNREACHABLE', message, { cause: error });
    }
  }
}

function withoutNulls(config: Record<string, string | null>): ConnectorDefinition {
  return Object.fromEntries(Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null));
}

function messageOf(text: string): string {
  try {
    return z.object({ message: z.string() }).parse(JSON.parse(text)).message.slice(0, 1_000);
  } catch {
    return text.slice(0, 300);
  }
}

import type { Environment } from '@ebb/config';
import type { ExitInfo } from '@ebb/local-stack';
import type { StackHome } from './home.ts';
import type { PortName, PortPlan } from './port-plan.ts';
import type { Secrets } from './secrets.ts';

export interface PartContext {
  home: StackHome;
  env: Environment;
  secrets: Secrets;
  ports: PortPlan;
  /** Aborts when the stack is told to stop while a part is still starting. */
  signal: AbortSignal;
  progress: (text: string) => void;
}

export interface StartedPart {
  pid: number;
  exited: Promise<ExitInfo>;
  stop(): Promise<void>;
}

/** One supervised process of the stack. */
export interface Part {
  name: PartName;
  /** Servers start first and stop last; between the two come migrations and topics. */
  level: 'server' | 'service';
  port: PortName;
  /** Resolves when the part answers on `port`; throws when it cannot. Called again after it died. */
  start(context: PartContext, port: number): Promise<StartedPart>;
}

export const PART_NAMES = [
  'postgres',
  'kafka',
  'clickhouse',
  'object-store',
  'connect',
  'collector',
  'aggregator',
  'cdc-connector',
  'cdc-sink',
  'ledger',
  'batch-loader',
  'segmentation-worker',
  'dashboard',
] as const;
export type RequiredPartName = (typeof PART_NAMES)[number];
/** Started only when somebody asks for them: `ebb up --with airflow`. */
export const OPTIONAL_PART_NAMES = ['mail', 'airflow', 'superset', 'superset-worker'] as const;
export type OptionalPartName = (typeof OPTIONAL_PART_NAMES)[number];
export type PartName = RequiredPartName | OptionalPartName;

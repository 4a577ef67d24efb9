import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RoleName } from '@ebb/postgres';
import type { CommandContext } from './context.ts';
import { inForeground } from './foreground.ts';
import { runningClickhouse, runningKafka, runningObjectStore, runningPostgres } from './stack/connection.ts';
import { REPOSITORY } from './stack/home.ts';
import { roleUrl } from './stack/parts.ts';
import { readState } from './stack/state.ts';
import { readSecrets } from './stack/secrets.ts';

export interface ServiceTool {
  /** Folder in `services/`. */
  folder: string;
  /** Script in its `src`, `main.ts` unless given. */
  script?: string;
  role: RoleName;
  args: readonly string[];
  /** Settings of the tool's own, below those of the environment. */
  env?: Readonly<Record<string, string>>;
  /** It reads the warehouse too. */
  usesClickhouse?: boolean;
  /** It reads the object store too: the stack's own, unless other servers are named. */
  usesObjectStore?: boolean;
  /** False: nothing of the stack is used, so none has to run. */
  needsStack?: boolean;
}

/**
 * Runs a service's program as a command: same terminal, its exit code as ours, Ctrl-C left to it. It works on the
 * running stack, or on other servers where EBB_KAFKA_BROKERS or EBB_POSTGRES_URL say so.
 */
export async function runServiceTool(context: CommandContext, tool: ServiceTool): Promise<void> {
  const main = join(REPOSITORY, 'services', tool.folder, 'src', tool.script ?? 'main.ts');
  const stack = tool.needsStack === false ? {} : await stackEnvironment(context, tool.role);
  const warehouse = tool.usesClickhouse === true ? await warehouseEnvironment(context) : {};
  const files = tool.usesObjectStore === true ? filesEnvironment(context) : {};
  const env = { ...stack, ...warehouse, ...files, EBB_HOME: context.home.root, ...tool.env, ...context.env };
  const args = [main, ...tool.args];
  await inForeground(spawn(process.execPath, args, { stdio: 'inherit', env }));
}

async function warehouseEnvironment({ env, home }: CommandContext): Promise<Record<string, string>> {
  return env['EBB_CLICKHOUSE_URL'] ? {} : { EBB_CLICKHOUSE_URL: (await runningClickhouse(home)).url };
}

function filesEnvironment({ env, home }: CommandContext): Record<string, string> {
  if (env['EBB_OBJECT_STORE_URL'] || env['EBB_OBJECT_STORE_URL_FILE'] || env['EBB_POSTGRES_URL']) return {};
  const { url, accessKey, secretKey, bucket } = runningObjectStore(home);
  return {
    EBB_OBJECT_STORE_URL: url,
    EBB_OBJECT_STORE_ACCESS_KEY: accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: secretKey,
    EBB_OBJECT_STORE_BUCKET: bucket,
  };
}

/** Addresses of the running stack for a service of this role; empty where the environment names other servers. */
export async function stackEnvironment(context: CommandContext, role: RoleName): Promise<Record<string, string>> {
  const { env, home } = context;
  if (env['EBB_KAFKA_BROKERS'] || env['EBB_POSTGRES_URL']) return {};
  const postgres = await runningPostgres(home);
  const { brokers } = await runningKafka(home);
  const collector = readState(home)?.parts['collector']?.port;
  return {
    EBB_POSTGRES_URL: roleUrl(postgres.secrets, postgres.port, role),
    EBB_KAFKA_BROKERS: brokers,
    EBB_COLLECTOR_URL: collector ? `http://127.0.0.1:${collector}` : '',
    EBB_WRITE_KEY: readSecrets(home)?.writeKey ?? '',
  };
}

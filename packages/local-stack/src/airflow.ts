import { z } from 'zod';
import { LocalStackError } from './errors.ts';
import { lakeEnvironment, type LakeServers } from './lake.ts';
import { type PythonServer, type PythonServerOptions, startPythonServer } from './python-server.ts';

export interface AirflowOptions extends PythonServerOptions {
  /** Of Airflow's own database. */
  databaseUrl: string;
  /** Where its tasks ask for work. */
  postgresUrl: string;
  clickhouseUrl: string;
  /** Where its task that publishes the lake does so. */
  lake: LakeServers;
  smtpPort: number;
  secrets: { adminPassword: string; fernetKey: string; apiSecret: string; jwtSecret: string };
}

/** Starts Airflow's API server, scheduler and DAG processor; resolves when all three say that they are healthy. */
export function startAirflow(options: AirflowOptions): Promise<PythonServer> {
  return startPythonServer(
    {
      name: 'Airflow',
      folder: 'airflow',
      venvs: [
        { name: 'dbt', lock: 'dbt/requirements.txt' },
        { name: 'lake', lock: 'services/segmentation-worker/lake/requirements.txt' },
        { name: 'airflow', lock: 'airflow/requirements.txt' },
      ],
      downloadMb: 220,
      settings: (dataDir) => settings(options, dataDir),
      probe: checkHealth,
    },
    options,
  );
}

function settings(options: AirflowOptions, dataDir: string): Record<string, string> {
  return {
    EBB_HOST: '127.0.0.1',
    EBB_AIRFLOW_HOME: dataDir,
    EBB_AIRFLOW_PORT: String(options.port),
    EBB_AIRFLOW_DATABASE_URL: options.databaseUrl,
    EBB_POSTGRES_URL: options.postgresUrl,
    ...lakeEnvironment(options.lake),
    EBB_CLICKHOUSE_URL: options.clickhouseUrl,
    EBB_SMTP_HOST: '127.0.0.1',
    EBB_SMTP_PORT: String(options.smtpPort),
    EBB_DBT_TARGET: 'embedded',
    EBB_AIRFLOW_ADMIN_PASSWORD: options.secrets.adminPassword,
    EBB_AIRFLOW_FERNET_KEY: options.secrets.fernetKey,
    EBB_AIRFLOW_API_SECRET: options.secrets.apiSecret,
    EBB_AIRFLOW_JWT_SECRET: options.secrets.jwtSecret,
  };
}

const part = z.object({ status: z.string().nullable() });
const health = z.object({ metadatabase: part, scheduler: part, dag_processor: part });

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v2/monitor/health`, { signal: AbortSignal.timeout(10_000) });
  const states = Object.entries(health.parse(await response.json()));
  const ill = states.filter(([, { status }]) => status !== 'healthy');
  if (ill.length === 0) return;
  throw new LocalStackError(
    'NOT_READY',
    ill.map(([name, { status }]) => `${name} is ${status ?? 'not there'}`).join(', '),
  );
}

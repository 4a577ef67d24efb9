import { LocalStackError } from './errors.ts';
import { type PythonServer, type PythonServerOptions, startPythonServer } from './python-server.ts';

export interface SupersetOptions extends PythonServerOptions {
  /** Of Superset's own database. */
  databaseUrl: string;
  /** What its dashboards read; both logins may only read. */
  postgresUrl: string;
  clickhouseUrl: string;
  secrets: { adminPassword: string; viewerPassword: string; secretKey: string };
}

export interface SupersetWorkerOptions extends SupersetOptions {
  /** Where Superset itself answers, or will: the worker waits for it. */
  serverPort: number;
  smtpPort: number;
}

/** Starts Superset with the databases and dashboards of the repository; resolves when it says that it is healthy. */
export function startSuperset(options: SupersetOptions): Promise<PythonServer> {
  return start('Superset', 'server', options, { EBB_SUPERSET_PORT: String(options.port) });
}

/** Starts the worker that sends Superset's alerts and reports; resolves once it takes tasks. Its port tells its health. */
export function startSupersetWorker(options: SupersetWorkerOptions): Promise<PythonServer> {
  return start("Superset's worker", 'worker', options, {
    EBB_SUPERSET_PORT: String(options.serverPort),
    EBB_SUPERSET_WORKER_PORT: String(options.port),
    EBB_SMTP_HOST: '127.0.0.1',
    EBB_SMTP_PORT: String(options.smtpPort),
  });
}

function start(
  name: string,
  program: 'server' | 'worker',
  options: SupersetOptions,
  own: Record<string, string>,
): Promise<PythonServer> {
  return startPythonServer(
    {
      name,
      folder: 'superset',
      args: [program],
      venvs: [{ name: 'superset', lock: 'superset/requirements.txt' }],
      downloadMb: 250,
      settings: (dataDir) => ({ ...settings(options, dataDir), ...own }),
      probe: (url) => checkHealth(name, url),
    },
    options,
  );
}

function settings(options: SupersetOptions, dataDir: string): Record<string, string> {
  return {
    EBB_HOST: '127.0.0.1',
    EBB_SUPERSET_HOME: dataDir,
    EBB_SUPERSET_DATABASE_URL: options.databaseUrl,
    EBB_POSTGRES_URL: options.postgresUrl,
    EBB_CLICKHOUSE_URL: options.clickhouseUrl,
    EBB_SUPERSET_ADMIN_PASSWORD: options.secrets.adminPassword,
    EBB_SUPERSET_VIEWER_PASSWORD: options.secrets.viewerPassword,
    EBB_SUPERSET_SECRET_KEY: options.secrets.secretKey,
  };
}

async function checkHealth(name: string, url: string): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new LocalStackError('NOT_READY', `${name} answers ${response.status}`);
}

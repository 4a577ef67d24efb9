import type { Command } from 'commander';

type Register = (program: Command) => void;

export interface CommandFile {
  /** Of the commands that it registers. */
  names: readonly string[];
  load: () => Promise<Register>;
}

/** In the order of the help; each lives in a file of its own in `commands/`. */
export const COMMANDS: readonly CommandFile[] = [
  { names: ['up'], load: async () => (await import('./commands/up.ts')).registerUp },
  { names: ['down'], load: async () => (await import('./commands/down.ts')).registerDown },
  { names: ['status'], load: async () => (await import('./commands/status.ts')).registerStatus },
  { names: ['logs'], load: async () => (await import('./commands/logs.ts')).registerLogs },
  { names: ['show'], load: async () => (await import('./commands/show.ts')).registerShow },
  { names: ['migrate'], load: async () => (await import('./commands/migrate.ts')).registerMigrate },
  { names: ['psql'], load: async () => (await import('./commands/psql.ts')).registerPsql },
  { names: ['clickhouse'], load: async () => (await import('./commands/clickhouse.ts')).registerClickhouse },
  { names: ['keys'], load: async () => (await import('./commands/keys.ts')).registerKeys },
  { names: ['identity'], load: async () => (await import('./commands/identity.ts')).registerIdentity },
  { names: ['build', 'publish'], load: async () => (await import('./commands/build.ts')).registerBuild },
  { names: ['lineage', 'docs'], load: async () => (await import('./commands/lineage.ts')).registerLineage },
  { names: ['metrics'], load: async () => (await import('./commands/metrics.ts')).registerMetrics },
  { names: ['superset'], load: async () => (await import('./commands/superset.ts')).registerSuperset },
  { names: ['cdc'], load: async () => (await import('./commands/cdc.ts')).registerCdc },
  { names: ['clv'], load: async () => (await import('./commands/clv.ts')).registerClv },
  { names: ['contracts'], load: async () => (await import('./commands/contracts.ts')).registerContracts },
  { names: ['dlq'], load: async () => (await import('./commands/dlq.ts')).registerDlq },
  { names: ['kpi'], load: async () => (await import('./commands/kpi.ts')).registerKpi },
  { names: ['replay'], load: async () => (await import('./commands/replay.ts')).registerReplay },
  { names: ['load'], load: async () => (await import('./commands/load.ts')).registerLoad },
  { names: ['models'], load: async () => (await import('./commands/models.ts')).registerModels },
  { names: ['lake'], load: async () => (await import('./commands/lake.ts')).registerLake },
  { names: ['notebook'], load: async () => (await import('./commands/notebook.ts')).registerNotebook },
  {
    names: ['simulate', 'load-fixture', 'master-ids', 'profiles'],
    load: async () => (await import('./commands/simulate.ts')).registerSimulate,
  },
  { names: ['datasets'], load: async () => (await import('./commands/datasets.ts')).registerDatasets },
  { names: ['upload'], load: async () => (await import('./commands/upload.ts')).registerUpload },
  { names: ['demo'], load: async () => (await import('./commands/demo.ts')).registerDemo },
  { names: ['verify'], load: async () => (await import('./commands/verify.ts')).registerVerify },
  { names: ['alerts'], load: async () => (await import('./commands/alerts.ts')).registerAlerts },
  { names: ['prove'], load: async () => (await import('./commands/prove.ts')).registerProve },
  { names: ['ledger'], load: async () => (await import('./commands/ledger.ts')).registerLedger },
  { names: ['churn'], load: async () => (await import('./commands/churn.ts')).registerChurn },
  { names: ['grade'], load: async () => (await import('./commands/grade.ts')).registerGrade },
  { names: ['segment'], load: async () => (await import('./commands/segment.ts')).registerSegment },
  { names: ['backup', 'restore'], load: async () => (await import('./commands/backup.ts')).registerBackup },
  { names: ['drill'], load: async () => (await import('./commands/drill.ts')).registerDrill },
  { names: ['bench'], load: async () => (await import('./commands/bench.ts')).registerBench },
  { names: ['soak'], load: async () => (await import('./commands/soak.ts')).registerSoak },
  { names: ['doctor'], load: async () => (await import('./commands/doctor.ts')).registerDoctor },
  { names: ['compose'], load: async () => (await import('./commands/compose.ts')).registerCompose },
  { names: ['credentials'], load: async () => (await import('./commands/credentials.ts')).registerCredentials },
];

/** Registers the command that is asked for, or all when none is: reading the sources of all takes a second. */
export async function registerAsked(program: Command, asked: string | undefined): Promise<void> {
  const one = COMMANDS.filter(({ names }) => asked !== undefined && names.includes(asked));
  for (const { load } of one.length > 0 ? one : COMMANDS) (await load())(program);
}

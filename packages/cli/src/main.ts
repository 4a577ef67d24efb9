import { errorMessage, isEbbError } from '@ebb/core';
import { Command } from 'commander';
import { registerAlerts } from './commands/alerts.ts';
import { registerBackup } from './commands/backup.ts';
import { registerBench } from './commands/bench.ts';
import { registerBuild } from './commands/build.ts';
import { registerCdc } from './commands/cdc.ts';
import { registerChurn } from './commands/churn.ts';
import { registerClickhouse } from './commands/clickhouse.ts';
import { registerClv } from './commands/clv.ts';
import { registerCompose } from './commands/compose.ts';
import { registerContracts } from './commands/contracts.ts';
import { registerCredentials } from './commands/credentials.ts';
import { registerDatasets } from './commands/datasets.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDlq } from './commands/dlq.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerDown } from './commands/down.ts';
import { registerDrill } from './commands/drill.ts';
import { registerGrade } from './commands/grade.ts';
import { registerIdentity } from './commands/identity.ts';
import { registerKeys } from './commands/keys.ts';
import { registerKpi } from './commands/kpi.ts';
import { registerLake } from './commands/lake.ts';
import { registerLedger } from './commands/ledger.ts';
import { registerLineage } from './commands/lineage.ts';
import { registerLoad } from './commands/load.ts';
import { registerLogs } from './commands/logs.ts';
import { registerMetrics } from './commands/metrics.ts';
import { registerSuperset } from './commands/superset.ts';
import { registerMigrate } from './commands/migrate.ts';
import { registerModels } from './commands/models.ts';
import { registerNotebook } from './commands/notebook.ts';
import { registerProve } from './commands/prove.ts';
import { registerPsql } from './commands/psql.ts';
import { registerReplay } from './commands/replay.ts';
import { registerSegment } from './commands/segment.ts';
import { registerShow } from './commands/show.ts';
import { registerSimulate } from './commands/simulate.ts';
import { registerSoak } from './commands/soak.ts';
import { registerStatus } from './commands/status.ts';
import { registerUp } from './commands/up.ts';
import { registerUpload } from './commands/upload.ts';
import { registerVerify } from './commands/verify.ts';

/** One line per command; each lives in a file of its own in `commands/`. */
const COMMANDS: readonly ((program: Command) => void)[] = [
  registerUp,
  registerDown,
  registerStatus,
  registerLogs,
  registerShow,
  registerMigrate,
  registerPsql,
  registerClickhouse,
  registerKeys,
  registerIdentity,
  registerBuild,
  registerLineage,
  registerMetrics,
  registerSuperset,
  registerCdc,
  registerClv,
  registerContracts,
  registerDlq,
  registerKpi,
  registerReplay,
  registerLoad,
  registerModels,
  registerLake,
  registerNotebook,
  registerSimulate,
  registerDatasets,
  registerUpload,
  registerDemo,
  registerVerify,
  registerAlerts,
  registerProve,
  registerLedger,
  registerChurn,
  registerGrade,
  registerSegment,
  registerBackup,
  registerDrill,
  registerBench,
  registerSoak,
  registerDoctor,
  registerCompose,
  registerCredentials,
];

const EXIT_INTERRUPTED = 130;

const program = new Command('ebb')
  .description('Runs and operates Ebb: the embedded stack, its database, keys, data and checks.')
  .configureHelp({ showGlobalOptions: true })
  .enablePositionalOptions()
  .showHelpAfterError('(see ebb --help)');
for (const register of COMMANDS) register(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`ebb: ${errorMessage(error)}`);
  process.exitCode = isEbbError(error, 'INTERRUPTED') ? EXIT_INTERRUPTED : 1;
}

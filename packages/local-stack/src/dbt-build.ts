import { randomBytes } from 'node:crypto';
import type { DbtCommand } from './dbt.ts';

/** What a build is made of; `select` in dbt's syntax, empty or absent for everything. */
export interface BuildPlan {
  readonly select?: readonly string[];
  /** YYYY-MM-DD; default: today. */
  readonly asOf?: string;
  readonly isFullRefresh?: boolean;
}

/** `p<yyyymmddhhmmss>_<4 hex>`: sorts by time; the last part keeps builds of one second apart. */
export function newBuildId(now = new Date(), random = randomBytes(2)): string {
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `p${time}_${random.toString('hex')}`;
}

/** Opens the candidate; a partial one takes over what it does not make. */
export function openBuild(id: string, { asOf, select }: BuildPlan): DbtCommand {
  return operation('open_candidate', { id, as_of: asOf ?? null, is_partial: isPartial(select) });
}

/** Makes and tests the models. */
export function makeBuild(id: string, { select, isFullRefresh }: BuildPlan): DbtCommand {
  return [
    'build',
    ...variables(id),
    ...(isPartial(select) ? ['--select', ...(select ?? [])] : []),
    ...(isFullRefresh === true ? ['--full-refresh'] : []),
  ];
}

export function publishBuild(id: string, { select }: BuildPlan): DbtCommand {
  return operation('publish', { id, is_partial: isPartial(select) });
}

/** With the same variables as the build: dbt then reads the project once. */
function operation(name: string, args: { id: string } & Record<string, unknown>): DbtCommand {
  return ['--quiet', 'run-operation', name, '--args', JSON.stringify(args), ...variables(args.id)];
}

function variables(id: string): DbtCommand {
  return ['--vars', JSON.stringify({ build_id: id })];
}

function isPartial(select: readonly string[] | undefined): boolean {
  return select !== undefined && select.length > 0;
}

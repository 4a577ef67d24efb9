import type { Model } from '../registry/models-store.ts';
import type { Monitor, MonitoredRun } from './monitor.ts';

const ID_SHOWN = 8;

export function formatModels(models: readonly Model[]): string {
  if (models.length === 0)
    return 'no model has been trained yet; the first: ebb models run rfm_segments --source retail_files';
  return models
    .map((model) =>
      [
        model.id.slice(0, ID_SHOWN),
        model.role.padEnd(10),
        model.kind.padEnd(18),
        model.source.padEnd(14),
        `as of ${model.asOf}`,
        `trained ${model.trainedAt.toISOString().slice(0, 16)}`,
        figures(model.metrics),
        ...(model.heldReasons.length === 0 ? [] : [`held: ${model.heldReasons.join('; ')}`]),
      ].join('  '),
    )
    .join('\n');
}

export function formatModel(model: Model): string {
  const entries: [string, string][] = [
    ['id', model.id],
    ['kind', `${model.kind} of ${model.source}`],
    [
      'role',
      `${model.role}${model.promotedAt === null ? '' : ` since ${model.promotedAt.toISOString()} by ${model.promotedBy}`}`,
    ],
    ['algorithm', model.algorithm],
    ['parameters', JSON.stringify(model.parameters)],
    ['scaler', JSON.stringify(model.scaler)],
    ['features', model.features.join(', ')],
    ['as of', model.asOf],
    ['customers', model.rows],
    ['data', model.dataFingerprint],
    ['code', model.codeVersion],
    ['file', `${model.fileKey} (SHA-256 ${model.fileSha256})`],
    ['trained', model.trainedAt.toISOString()],
    ['metrics', figures(model.metrics)],
    ...tables(model.metrics),
    ['held', model.heldReasons.join('; ') || 'no'],
  ];
  return entries.map(([name, value]) => `${name.padEnd(11)} ${value}`).join('\n');
}

/** What a job came to, and what to do about it. */
export function formatResult(kind: string, source: string, result: Readonly<Record<string, unknown>>): string {
  const { state, run_id: id, as_of: asOf, held_reasons: reasons } = result;
  if (state === 'published') return `published: model ${String(id)} of ${kind} of ${source} as of ${String(asOf)}`;
  if (state === 'skipped') return `skipped: ${String(result['reason'])}`;
  if (state !== 'held') return `done: ${figures(result)}`;
  return (
    `held back, readers see what they saw before: ${Array.isArray(reasons) ? reasons.join('; ') : ''}\n` +
    `to publish it all the same: ebb models promote ${String(id)}`
  );
}

export function formatMonitor({ runs, champions, troubles }: Monitor): string {
  return [
    ...runs.map(formatRun),
    ...champions.map(
      ({ kind, source, id, trainedAt, metrics }) =>
        `champion of ${kind} of ${source}: ${id.slice(0, ID_SHOWN)}, trained ${trainedAt.toISOString()}  ${figures(metrics)}`,
    ),
    ...troubles.map((trouble) => `! ${trouble}`),
  ].join('\n');
}

function formatRun(run: MonitoredRun): string {
  const when = run.finishedAt?.toISOString().slice(0, 19) ?? 'not finished';
  const what = `${run.kind.padEnd(14)} ${(run.source ?? '').padEnd(14)} ${when}  ${run.state ?? run.status}`;
  return `${what}  ${run.stepsDone}/${run.steps} steps  ${run.error ?? figures(run.metrics ?? {})}`;
}

/** What is neither a figure nor a word, a line each. */
function tables(metrics: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(metrics).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? [[name, JSON.stringify(value)] as [string, string]] : [],
  );
}

/** Single figures and words. */
function figures(metrics: Readonly<Record<string, unknown>>): string {
  return Object.entries(metrics)
    .flatMap(([name, value]) => {
      if (typeof value === 'number') return [`${name} ${Number.isInteger(value) ? value : value.toFixed(4)}`];
      return typeof value === 'string' ? [`${name} ${value}`] : [];
    })
    .join(', ');
}

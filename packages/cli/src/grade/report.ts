import type { Figure, Section } from './figure.ts';
import type { LineChart } from './line-chart.ts';

export interface GradeReport {
  readonly machine: string;
  readonly sections: readonly Section[];
}

/** The whole report as Markdown; charts are files beside it. */
export function formatReport({ machine, sections }: GradeReport): string {
  return [
    '# How well the models of customers do',
    '',
    summaryOf(sections),
    '',
    `Machine: ${machine}. Everything is seeded: the same command gives the same figures.`,
    ...sections.flatMap(sectionLines),
    '',
  ].join('\n');
}

/** One sentence: whether every aim is held, and which are not. */
export function summaryOf(sections: readonly Section[]): string {
  const judged = sections.flatMap(({ figures }) => figures).filter(({ verdict }) => verdict !== 'not judged');
  const missed = missedFigures(sections);
  if (missed.length === 0) return `All ${judged.length} aims are held.`;
  const names = missed.map(({ title, figure }) => `${title}: ${figure.name}`);
  return `**${missed.length} of ${judged.length} aims are missed**: ${names.join('; ')}.`;
}

export function missedFigures(sections: readonly Section[]): { title: string; figure: Figure }[] {
  return sections.flatMap(({ title, figures }) =>
    figures.filter(({ verdict }) => verdict === 'missed').map((figure) => ({ title, figure })),
  );
}

/** `CDNOW: repeat purchases by week` → `cdnow-repeat-purchases-by-week.svg`. */
export function chartFile({ title }: LineChart): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `${words.join('-')}.svg`;
}

function sectionLines({ title, remarks, figures, charts }: Section): string[] {
  return [
    '',
    `## ${title}`,
    '',
    ...remarks.flatMap((remark) => [remark, '']),
    '| figure | measured | aim | verdict |',
    '| --- | --- | --- | --- |',
    ...figures.map(({ name, value, aim, verdict }) => `| ${[name, value, aim, verdict].map(cell).join(' | ')} |`),
    ...charts.flatMap((chart) => ['', `![${chart.title}](${chartFile(chart)})`]),
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

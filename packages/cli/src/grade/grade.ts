import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CDNOW_FIXTURE, ONLINE_RETAIL_YEAR_1, TELCO_CHURN } from '@ebb/datasets';
import { machine } from '../bench/machine.ts';
import { parseDay } from '../clv/cells.ts';
import { readPurchases } from '../clv/read-purchases.ts';
import { readTable } from '../tables/read-table.ts';
import { gradeCoverage } from './coverage.ts';
import type { Section } from './figure.ts';
import { lineChartSvg } from './line-chart.ts';
import { gradeCdnow } from './real/cdnow.ts';
import { gradeRetail } from './real/retail.ts';
import { readRetail } from './real/retail-book.ts';
import { gradeTelco } from './real/telco.ts';
import { chartFile, formatReport, type GradeReport } from './report.ts';
import { gradeKnownWorld } from './worlds/known-world.ts';
import { gradeOtherWorld } from './worlds/other-world.ts';
import { simulateWorld, type WorldKind } from './worlds/simulated-world.ts';

export interface GradeOptions {
  /** Small worlds and what takes seconds: for the tests. */
  readonly isQuick: boolean;
  /** Online Retail II, second year; it is not carried in the repository. */
  readonly retailYear2: string | null;
}

const CALIBRATION_END = '2025-07-01';
const WORLD = { start: '2024-01-01', days: 731 };
/** Customers there can be, and how many must be seen before the calibration ends. */
const WORLD_SIZE = { full: { customers: 26_000, least: 20_000 }, quick: { customers: 3_000, least: 2_000 } };
const COVERAGE_SEEDS = 100;

/** Every part in turn; `onSection` hears of each as it is done. */
export async function grade(options: GradeOptions, onSection: (section: Section) => void): Promise<GradeReport> {
  const sections: Section[] = [];
  for (const part of partsOf(options)) {
    const section = await part();
    sections.push(section);
    onSection(section);
  }
  return { machine: machine(), sections };
}

/** Writes `report.md` and its charts; returns the path of the report. */
export async function writeReport(report: GradeReport, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const chart of report.sections.flatMap(({ charts }) => charts)) {
    await writeFile(join(directory, chartFile(chart)), lineChartSvg(chart));
  }
  const path = join(directory, 'report.md');
  await writeFile(path, formatReport(report));
  return path;
}

function partsOf({ isQuick, retailYear2 }: GradeOptions): (() => Promise<Section>)[] {
  const { customers, least } = isQuick ? WORLD_SIZE.quick : WORLD_SIZE.full;
  const calibrationEndDay = parseDay(CALIBRATION_END, 'simulated world');
  const world = (kind: WorldKind) => simulateWorld({ kind, customers, seed: 'grade', ...WORLD });
  const quick = [
    async () => gradeCdnow((await readPurchases(CDNOW_FIXTURE.path, { format: 'cdnow' })).purchases),
    async () => gradeKnownWorld(await world('bgnbd'), { calibrationEndDay, leastCustomers: least }),
    async () => gradeOtherWorld(await world('seasonal'), calibrationEndDay),
  ];
  if (isQuick) return quick;
  return [
    ...quick,
    async () => gradeCoverage(COVERAGE_SEEDS),
    async () => gradeRetail(await readRetail(ONLINE_RETAIL_YEAR_1.path, retailYear2), retailYear2 !== null),
    async () => gradeTelco(await readTable(TELCO_CHURN.path)),
  ];
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atLeast, atMost, judged, near, type Section, shareWithin, told } from './figure.ts';
import { grade, type GradeOptions, writeReport } from './grade.ts';
import { lineChartSvg } from './line-chart.ts';
import { type GradeReport, missedFigures, summaryOf } from './report.ts';

const QUICK: GradeOptions = { isQuick: true, retailYear2: null };

describe('a quick grade', () => {
  let report: GradeReport;
  let directory = '';
  const heard: string[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ebb-grade-test-'));
    report = await grade(QUICK, ({ title }) => heard.push(title));
    await writeReport(report, directory);
  }, 180_000);
  afterAll(async () => rm(directory, { recursive: true }));

  it('holds every aim, in the world of the models and in another', () => {
    expect(missedFigures(report.sections)).toEqual([]);
    expect(heard).toEqual([
      'CDNOW',
      'Simulated shop, as the models assume it',
      'Simulated shop, not as the models assume it',
    ]);
  });

  it('tells the other world by its bad fit, and takes the model in which customers leave after one purchase', () => {
    const other = report.sections[2]?.figures ?? [];
    expect(other).toContainEqual({
      name: 'the report calls the fit poor',
      value: 'yes',
      aim: 'yes',
      verdict: 'held',
    });
    expect(other).toContainEqual(told('model', 'MBG/NBD'));
  });

  it('is written with a line per figure and a file per chart', async () => {
    const text = await readFile(join(directory, 'report.md'), 'utf8');
    for (const { title, figures } of report.sections) {
      expect(text).toContain(`## ${title}`);
      for (const { name, value } of figures) expect(text).toContain(`| ${name} | ${value} |`);
    }
    const linked = [...text.matchAll(/\]\((.*?\.svg)\)/g)].map(([, file]) => file);
    expect(linked.length).toBeGreaterThan(3);
    expect(new Set(await readdir(directory))).toEqual(new Set([...linked, 'report.md']));
  });
});

describe('a figure', () => {
  it.each([
    [atMost('a', 1, 1), 'held'],
    [atMost('a', 1.001, 1), 'missed'],
    [atLeast('a', 0.999, 1), 'missed'],
    [near('a', 0.2434, 0.243, 0.0005), 'held'],
    [near('a', 0.2436, 0.243, 0.0005), 'missed'],
    [shareWithin('a', -0.1, 0.1), 'held'],
    [shareWithin('a', 0.101, 0.1), 'missed'],
    // A measure that could not be taken holds nothing.
    [atMost('a', Number.NaN, 1), 'missed'],
    [atLeast('a', Number.NaN, 1), 'missed'],
    [shareWithin('a', Number.NaN, 0.1), 'missed'],
    [told('a', 'x'), 'not judged'],
  ])('%j', (figure, verdict) => expect(figure.verdict).toBe(verdict));

  it('that is missed stands in the summary', () => {
    const section: Section = {
      title: 'Part',
      remarks: [],
      figures: [judged('one', '1', '1', true), judged('two', '1', '2', false), told('three', '3')],
      charts: [],
    };
    expect(summaryOf([section])).toBe('**1 of 2 aims are missed**: Part: two.');
    expect(summaryOf([{ ...section, figures: section.figures.slice(0, 1) }])).toBe('All 1 aims are held.');
  });
});

describe('a chart', () => {
  const chart = { title: 'a < b & c', xLabel: 'x', yLabel: 'y' };

  it('has a line per series, within its frame, and its texts escaped', () => {
    const points = [[1, 5], [2, 50], [3, 20]] as const; // prettier-ignore
    const svg = lineChartSvg({
      ...chart,
      series: [
        { name: 'one', points },
        { name: 'two', points, isDashed: true },
      ],
    });
    const drawn = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, text]) => text);
    expect(drawn).toHaveLength(2);
    for (const place of drawn.flatMap((text) => text?.split(' ') ?? [])) {
      const [x = Number.NaN, y = Number.NaN] = place.split(',').map(Number);
      expect(x >= 0 && x <= 640 && y >= 0 && y <= 380, place).toBe(true);
    }
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).toContain('>40</text>');
  });

  it('can be drawn of one point, of none, and of points that are no numbers', () => {
    for (const points of [[], [[1, 2]], [[Number.NaN, 2]]] as const) {
      expect(lineChartSvg({ ...chart, series: [{ name: 'one', points }] })).not.toMatch(/NaN|Infinity/);
    }
  });
});

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRepositoryFile, repositoryRoot } from './repository.ts';
import {
  type CompositeAction,
  stepsAsWorkflow,
  type Workflow,
  type WorkflowJob,
  workflowRules,
} from './workflow-rules.ts';

type RuleName = keyof typeof workflowRules;
const WORKFLOWS = '.github/workflows';
const ACTIONS = '.github/actions';
const files = await readdir(join(repositoryRoot, WORKFLOWS));
const actions = await readdir(join(repositoryRoot, ACTIONS));
const texts = new Map(
  await Promise.all([
    ...files.map(async (file) => [file, await readRepositoryFile(`${WORKFLOWS}/${file}`)] as const),
    ...actions.map(async (name) => [name, await readRepositoryFile(`${ACTIONS}/${name}/action.yml`)] as const),
  ]),
);

/** For each rule, changes to the real workflow that it must notice. */
const violations: Record<RuleName, [what: string, change: (workflow: Workflow, job: WorkflowJob) => void][]> = {
  pinnedActions: [
    ['tag', (_, job) => job.steps?.push({ uses: 'actions/checkout@v7' })],
    ['branch', (_, job) => job.steps?.push({ uses: 'actions/checkout@main' })],
    ['another folder', (_, job) => job.steps?.push({ uses: './elsewhere' })],
  ],
  pinnedRunners: [['latest', (_, job) => (job['runs-on'] = 'ubuntu-latest')]],
  readOnlyToken: [
    ['default', (workflow) => delete workflow.permissions],
    [
      'write',
      (_, job) => Object.assign(job, { if: "github.event_name == 'push'", permissions: { contents: 'write' } }),
    ],
    ['write all', (_, job) => (job.permissions = 'write-all')],
  ],
  timeouts: [['none', (_, job) => delete job['timeout-minutes']]],
  concurrencyGroup: [['none', (workflow) => delete workflow.concurrency]],
  noStoredCredentials: [['kept', (_, job) => job.steps?.push({ uses: 'actions/checkout@x' })]],
  noInterpolatedShell: [['title', (_, job) => job.steps?.push({ run: 'echo ${{ github.event.pull_request.title }}' })]],
  noForeignEvents: [['their code', (workflow) => Object.assign(workflow.on ?? {}, { pull_request_target: null })]],
};

const cases = Object.entries(violations).flatMap(([rule, changes]) =>
  changes.map(([what, change]) => ({ rule: rule as RuleName, what, change })),
);

function read(file: string): Workflow {
  return parse(texts.get(file) ?? '') as Workflow;
}

describe.each(files)('workflow %s', (file) => {
  it.each(Object.keys(workflowRules) as RuleName[])('keeps the rule %s', (rule) => {
    expect(workflowRules[rule](read(file))).toEqual([]);
  });

  it.each(cases)('would break the rule $rule by: $what', ({ rule, change }) => {
    const workflow = read(file);
    const job = Object.values(workflow.jobs)[0];
    if (job === undefined) throw new Error(`${file} has no job`);
    change(workflow, job);
    expect(workflowRules[rule](workflow)).not.toEqual([]);
  });
});

it.each(actions)('action %s keeps the rules about steps', (name) => {
  const workflow = stepsAsWorkflow(parse(texts.get(name) ?? '') as CompositeAction);
  expect(workflow.jobs['steps']?.steps?.length).toBeGreaterThan(0);
  for (const rule of ['pinnedActions', 'noStoredCredentials', 'noInterpolatedShell'] as const) {
    expect(workflowRules[rule](workflow)).toEqual([]);
  }
});

it('a pin says beside it which version it is, the same one everywhere', () => {
  const versions = new Map<string, Set<string>>();
  for (const [, line = ''] of [...texts.values()].join('\n').matchAll(/uses: (\S+@[0-9a-f]{40}.*)/g)) {
    const [, pin = '', version] = /^(\S+@[0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(line) ?? [];
    expect(version, line).toBeDefined();
    const action = pin.split('@')[0] ?? '';
    versions.set(action, (versions.get(action) ?? new Set()).add(line));
  }
  expect(versions.size).toBeGreaterThan(5);
  expect([...versions.values()].filter((pins) => pins.size > 1)).toEqual([]);
});

it('tests run on every push and pull request', () => {
  expect(Object.keys(read('ci.yml').on ?? {})).toEqual(expect.arrayContaining(['push', 'pull_request']));
});

it('the daily upload runs at nine, and by hand', () => {
  expect(read('daily-upload.yml').on).toMatchObject({
    schedule: [{ cron: '0 9 * * *' }],
    workflow_dispatch: { inputs: { until: {} } },
  });
});

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRepositoryFile, repositoryRoot } from './repository.ts';
import { type Workflow, type WorkflowJob, workflowRules } from './workflow-rules.ts';

type RuleName = keyof typeof workflowRules;
const FOLDER = '.github/workflows';
const files = await readdir(join(repositoryRoot, FOLDER));
const texts = new Map(
  await Promise.all(files.map(async (file) => [file, await readRepositoryFile(`${FOLDER}/${file}`)] as const)),
);

/** For each rule, changes to the real workflow that it must notice. */
const violations: Record<RuleName, [what: string, change: (workflow: Workflow, job: WorkflowJob) => void][]> = {
  pinnedActions: [
    ['tag', (_, job) => job.steps?.push({ uses: 'actions/checkout@v7' })],
    ['branch', (_, job) => job.steps?.push({ uses: 'actions/checkout@main' })],
  ],
  readOnlyToken: [
    ['default', (workflow) => delete workflow.permissions],
    ['write', (_, job) => (job.permissions = { contents: 'write' })],
  ],
  timeouts: [['none', (_, job) => delete job['timeout-minutes']]],
  concurrencyGroup: [['none', (workflow) => delete workflow.concurrency]],
  noStoredCredentials: [['kept', (_, job) => job.steps?.push({ uses: 'actions/checkout@x' })]],
  noInterpolatedShell: [['title', (_, job) => job.steps?.push({ run: 'echo ${{ github.event.pull_request.title }}' })]],
  onPushAndPullRequest: [['only by hand', (workflow) => (workflow.on = { workflow_dispatch: null })]],
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

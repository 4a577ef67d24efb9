/** What the rules look at in a file of .github/workflows. */
export interface Workflow {
  on?: Record<string, unknown>;
  permissions?: Record<string, string> | string;
  concurrency?: { group?: string };
  jobs: Record<string, WorkflowJob>;
}

export interface WorkflowJob {
  'runs-on'?: string;
  'timeout-minutes'?: number;
  permissions?: Record<string, string> | string;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

export type WorkflowRule = (workflow: Workflow) => string[];

function stepsOf(workflow: Workflow): NonNullable<WorkflowJob['steps']> {
  return Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
}

/** A tag can be moved to other code; a commit cannot. */
const pinnedActions: WorkflowRule = (workflow) =>
  stepsOf(workflow)
    .flatMap((step) => step.uses ?? [])
    .filter((uses) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses))
    .map((uses) => `${uses} is not pinned by a commit`);

const readOnlyToken: WorkflowRule = (workflow) => {
  const all = [
    workflow.permissions,
    ...Object.values(workflow.jobs).map((job) => job.permissions ?? workflow.permissions),
  ];
  return all.every((granted) => JSON.stringify(granted) === '{"contents":"read"}') ? [] : ['the token may write'];
};

const timeouts: WorkflowRule = (workflow) =>
  Object.entries(workflow.jobs)
    .filter(([, job]) => job['timeout-minutes'] === undefined)
    .map(([name]) => `${name} has no timeout`);

const concurrencyGroup: WorkflowRule = (workflow) =>
  workflow.concurrency?.group === undefined ? ['runs of one branch pile up'] : [];

const noStoredCredentials: WorkflowRule = (workflow) =>
  stepsOf(workflow)
    .filter((step) => step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false)
    .map(() => 'checkout leaves the token in .git/config');

/** Text from outside (branch names, titles) in a shell line is a way in. */
const noInterpolatedShell: WorkflowRule = (workflow) =>
  stepsOf(workflow)
    .flatMap((step) => step.run ?? [])
    .filter((run) => run.includes('${{'))
    .map((run) => `"${run.trim()}" puts an expression into a shell`);

const onPushAndPullRequest: WorkflowRule = (workflow) =>
  ['push', 'pull_request']
    .filter((event) => !Object.hasOwn(workflow.on ?? {}, event))
    .map((event) => `not run on ${event}`);

export const workflowRules = {
  pinnedActions,
  readOnlyToken,
  timeouts,
  concurrencyGroup,
  noStoredCredentials,
  noInterpolatedShell,
  onPushAndPullRequest,
} satisfies Record<string, WorkflowRule>;

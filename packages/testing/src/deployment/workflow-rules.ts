/** What the rules look at in a file of .github/workflows. */
export interface Workflow {
  on?: Record<string, unknown>;
  permissions?: Permissions;
  concurrency?: { group?: string };
  jobs: Record<string, WorkflowJob>;
}

export interface WorkflowJob {
  'runs-on'?: string;
  'timeout-minutes'?: number;
  if?: string;
  permissions?: Permissions;
  steps?: WorkflowStep[];
}

export interface WorkflowStep {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

/** An action of the repository's own, under .github/actions. */
export interface CompositeAction {
  runs: { using: string; steps: WorkflowStep[] };
}

type Permissions = Record<string, string> | string;
export type WorkflowRule = (workflow: Workflow) => string[];

/** Events on which somebody else's text or code runs with the repository's own rights. */
const FOREIGN_EVENTS = ['pull_request_target', 'workflow_run', 'issue_comment', 'issues'];
const IS_OURS = /github\.ref == 'refs\/heads\/main'|startsWith\(github\.ref, 'refs\/tags\/v'\)/;

function stepsOf(workflow: Workflow): WorkflowStep[] {
  return Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
}

/** A tag can be moved to other code; a commit cannot. What the repository holds itself is at its own commit. */
const pinnedActions: WorkflowRule = (workflow) =>
  stepsOf(workflow)
    .flatMap((step) => step.uses ?? [])
    .filter((uses) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses) && !uses.startsWith('./.github/actions/'))
    .map((uses) => `${uses} is not pinned by a commit`);

/** Another image may have other versions of everything. */
const pinnedRunners: WorkflowRule = (workflow) =>
  Object.entries(workflow.jobs)
    .filter(([, job]) => !/^ubuntu-\d+\.\d+$/.test(job['runs-on'] ?? ''))
    .map(([name, job]) => `${name} runs on ${job['runs-on'] ?? 'nothing'}`);

/** All may read. A job that may do more names what, and runs on main or on a version's tag alone. */
const readOnlyToken: WorkflowRule = (workflow) => {
  const top = isReading(workflow.permissions) ? [] : ['the token of every job may write'];
  const jobs = Object.entries(workflow.jobs).flatMap(([name, job]) => {
    if (job.permissions === undefined || isReading(job.permissions)) return [];
    if (typeof job.permissions === 'string') return [`${name} does not say what it may write`];
    return IS_OURS.test(job.if ?? '') ? [] : [`${name} may write on any branch`];
  });
  return [...top, ...jobs];
};

function isReading(granted: Permissions | undefined): boolean {
  return JSON.stringify(granted) === '{"contents":"read"}';
}

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

const noForeignEvents: WorkflowRule = (workflow) =>
  FOREIGN_EVENTS.filter((event) => Object.hasOwn(workflow.on ?? {}, event)).map((event) => `run on ${event}`);

export const workflowRules = {
  pinnedActions,
  pinnedRunners,
  readOnlyToken,
  timeouts,
  concurrencyGroup,
  noStoredCredentials,
  noInterpolatedShell,
  noForeignEvents,
} satisfies Record<string, WorkflowRule>;

/** For the rules about steps an action of our own is a workflow of one job. */
export function stepsAsWorkflow(action: CompositeAction): Workflow {
  return { jobs: { steps: { steps: action.runs.steps } } };
}

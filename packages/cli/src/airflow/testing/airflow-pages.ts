import type { Page } from 'playwright-core';
import { z } from 'zod';

export interface AirflowLogin {
  url: string;
  login: string;
  password: string;
}

/** As a person does: the form, its button; resolves when the page that answers is there. */
export async function login(page: Page, { url, login: name, password }: AirflowLogin): Promise<void> {
  await page.goto(`${url}/auth/login/`);
  await page.locator('input[name="username"]').fill(name);
  await page.locator('input[name="password"]').fill(password);
  const answered = page.waitForEvent('framenavigated');
  await page.locator('input[type="submit"], button[type="submit"]').first().click();
  await answered;
  await page.waitForLoadState('load');
}

/** Clicks Trigger on the DAG's page, then in the dialog that asks for parameters. */
export async function triggerByHand(
  page: Page,
  { url }: AirflowLogin,
  dag: string,
  look: () => Promise<void>,
): Promise<void> {
  await page.goto(`${url}/dags/${dag}`);
  await page.getByRole('button', { name: 'Trigger Dag' }).first().click();
  const dialog = page.getByRole('dialog').filter({ hasText: 'Trigger Dag' });
  const go = dialog.getByRole('button', { name: 'Trigger', exact: true });
  await go.waitFor();
  await look();
  await go.click();
  await dialog.waitFor({ state: 'hidden' });
}

const token = z.object({ access_token: z.string() });
const run = z.object({ dag_run_id: z.string(), state: z.string() });
const runs = z.object({ dag_runs: z.array(run) });
const task = z.object({ id: z.string(), task_id: z.string(), state: z.string().nullable(), try_number: z.number() });
const tasks = z.object({ task_instances: z.array(task) });
const dags = z.object({ dags: z.array(z.object({ dag_id: z.string(), is_paused: z.boolean() })) });
const importErrors = z.object({ import_errors: z.array(z.unknown()) });

export type AirflowRun = z.infer<typeof run>;
export type AirflowTask = z.infer<typeof task>;

/** What Airflow itself says of its DAGs and their runs. */
export class AirflowApi {
  readonly #login: AirflowLogin;

  constructor(airflow: AirflowLogin) {
    this.#login = airflow;
  }

  /** All there are, in order; none is paused, and no file failed to load. */
  async dags(): Promise<string[]> {
    const { import_errors: errors } = importErrors.parse(await this.#get('importErrors'));
    const { dags: found } = dags.parse(await this.#get('dags?limit=100'));
    if (errors.length > 0 || found.some((dag) => dag.is_paused)) throw new Error(JSON.stringify({ errors, found }));
    return found.map((dag) => dag.dag_id).toSorted();
  }

  /** The newest run that was started by hand; null before there is one. */
  async runByHand(dag: string): Promise<AirflowRun | null> {
    const { dag_runs: found } = runs.parse(await this.#get(`dags/${dag}/dagRuns?order_by=-run_after&limit=50`));
    return found.find(({ dag_run_id: id }) => id.startsWith('manual__')) ?? null;
  }

  async run(dag: string, { dag_run_id: id }: AirflowRun): Promise<AirflowRun> {
    return run.parse(await this.#get(`dags/${dag}/dagRuns/${encodeURIComponent(id)}`));
  }

  async tasks(dag: string, { dag_run_id: id }: AirflowRun): Promise<AirflowTask[]> {
    const path = `dags/${dag}/dagRuns/${encodeURIComponent(id)}/taskInstances?limit=100`;
    return tasks.parse(await this.#get(path)).task_instances;
  }

  async taskStates(dag: string, of: AirflowRun): Promise<Record<string, string | null>> {
    return Object.fromEntries((await this.tasks(dag, of)).map(({ task_id: name, state }) => [name, state]));
  }

  async #get(path: string): Promise<unknown> {
    const { url, login: username, password } = this.#login;
    const body = JSON.stringify({ username, password });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/auth/token`, { method: 'POST', headers, body });
    const { access_token: bearer } = token.parse(await answer.json());
    const found = await fetch(`${url}/api/v2/${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    return found.json();
  }
}

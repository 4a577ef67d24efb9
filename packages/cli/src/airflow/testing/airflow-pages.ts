import type { Page } from 'playwright-core';
import { z } from 'zod';

export interface AirflowLogin {
  url: string;
  login: string;
  password: string;
}

/** As a person does: the form, its button. */
export async function login(page: Page, { url, login: name, password }: AirflowLogin): Promise<void> {
  await page.goto(`${url}/auth/login/`);
  await page.locator('input[name="username"]').fill(name);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('input[type="submit"], button[type="submit"]').first().click();
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
  await page
    .getByRole('button', { name: /trigger/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await look();
  await dialog.getByRole('button', { name: /^trigger$/i }).click();
  await dialog.waitFor({ state: 'hidden' });
}

const token = z.object({ access_token: z.string() });
const runs = z.object({ dag_runs: z.array(z.object({ dag_run_id: z.string(), state: z.string() })) });

/** State of the newest run that was started by hand; null before there is one. */
export async function runState(airflow: AirflowLogin, dag: string): Promise<string | null> {
  const bearer = await accessToken(airflow);
  const query = 'order_by=-run_after&limit=50';
  const answer = await fetch(`${airflow.url}/api/v2/dags/${dag}/dagRuns?${query}`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  const found = runs.parse(await answer.json()).dag_runs.find((run) => run.dag_run_id.startsWith('manual__'));
  return found?.state ?? null;
}

async function accessToken({ url, login: username, password }: AirflowLogin): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return token.parse(await answer.json()).access_token;
}

import {
  CLICKHOUSE_LOGIN_NAMES,
  CLICKHOUSE_LOGINS,
  createClickhouse,
  type ForbiddenOutcome,
  tryForbidden,
} from '@ebb/clickhouse';
import { must } from '@ebb/core';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

/**
 * As each login of ClickHouse, every statement that it has no business with. One that fails for another reason, because
 * the server does not know it, proves nothing: it is told and counted.
 */
export async function checkRoles(project: ComposeProject, secrets: ReadonlyMap<string, string>): Promise<string> {
  const outcomes: (ForbiddenOutcome & { login: string })[] = [];
  for (const login of CLICKHOUSE_LOGIN_NAMES) {
    const password = must(secrets.get(`clickhouse_${login}`), `password of ${login}`);
    const url = `http://${login}:${password}@127.0.0.1:${project.ports.CLICKHOUSE}`;
    const clickhouse = createClickhouse({ url, applicationName: 'ebb-compose-test' });
    try {
      await clickhouse.ping();
      const tried = await tryForbidden(clickhouse, CLICKHOUSE_LOGINS[login].forbidden);
      outcomes.push(...tried.map((outcome) => ({ ...outcome, login })));
    } finally {
      await clickhouse.close();
    }
  }
  return summarize(outcomes);
}

function summarize(outcomes: readonly (ForbiddenOutcome & { login: string })[]): string {
  const allowed = outcomes.filter(({ outcome }) => outcome === 'allowed');
  ensureNone(allowed.map(({ login, statement }) => `${login} may: ${statement}`));
  const unproven = outcomes.filter(({ outcome }) => outcome === 'not proven');
  const lines = unproven.map(({ login, statement, reason }) => `\n     NOT PROVEN ${login}: ${statement} (${reason})`);
  const refused = `${outcomes.length - unproven.length} statements refused to ${CLICKHOUSE_LOGIN_NAMES.length} logins`;
  return `${refused}, ${unproven.length} not proven${lines.join('')}`;
}

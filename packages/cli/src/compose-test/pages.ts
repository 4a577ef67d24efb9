import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

const PAGES = [
  ['DASHBOARD', '/', 'text/html'],
  ['COLLECTOR', '/demo-shop', 'text/html'],
  ['COLLECTOR', '/tracker.js', 'javascript'],
  ['AGGREGATOR', '/metrics', 'text/plain'],
  ['CDC_CONNECTOR', '/subjects', 'json'],
  ['CONNECT', '/connectors', 'json'],
  ['CDC_SINK', '/metrics', 'text/plain'],
  ['LEDGER', '/metrics', 'text/plain'],
  ['SEGMENTATION_WORKER', '/metrics', 'text/plain'],
] as const;

/** What `urls` tells a person to open is there, and `urls` names the ports that are really published. */
export async function checkPages(project: ComposeProject): Promise<string> {
  const problems: string[] = [];
  for (const [service, path, type] of PAGES) {
    const response = await fetch(`http://127.0.0.1:${project.ports[service]}${path}`);
    const found = response.headers.get('content-type') ?? 'nothing';
    await response.arrayBuffer();
    if (!response.ok || !found.includes(type)) problems.push(`${service} ${path}: ${response.status} ${found}`);
  }
  const said = await project.compose(['logs', '--no-color', '--no-log-prefix', 'urls']);
  for (const port of Object.values(project.ports)) {
    if (!said.includes(`127.0.0.1:${port}`)) problems.push(`urls does not name port ${port}`);
  }
  ensureNone(problems);
  return PAGES.map(([, path]) => path).join(' ');
}

/** A client without the key gets nothing in. */
export async function checkStranger(project: ComposeProject): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${project.ports.COLLECTOR}/v1/website-events`, {
    method: 'POST',
    headers: { authorization: 'Bearer ebb_wk_00000000000000000000000000000000', 'content-type': 'application/json' },
    body: '[]',
  });
  await response.arrayBuffer();
  ensureNone(response.status === 401 ? [] : [`an unknown key was answered ${response.status}`]);
  return 'an unknown key is answered 401';
}

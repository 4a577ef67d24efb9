import { type ComposeFile, dependenciesOf, isOneShot } from './compose-file.ts';
import type { ComposeRule } from './compose-rule.ts';

const LABEL = 'org.ebb.group';
const GROUPS = ['streaming', 'batch', 'dashboards'];
/** Stands for all of them: it comes up last, and goes with the first. */
const WHOLE = { service: 'urls', group: 'all' };

/**
 * What stays up is started and stopped with one group; a step belongs to none, it comes with what waits for it. What stays
 * up names by itself whom it needs while it runs: a step between the two says only what was needed to start.
 */
export const groups: ComposeRule = (file) => {
  const all = Object.entries(file.services);
  const wrong = all.flatMap(([name, service]) => {
    const group = service.labels?.[LABEL];
    if (isOneShot(service)) return group === undefined ? [] : [`${name}: is a step and has a group`];
    if (name === WHOLE.service && group === WHOLE.group) return [];
    return GROUPS.includes(group ?? '') ? [] : [`${name}: its group "${group ?? ''}" is none of ${GROUPS.join(', ')}`];
  });
  const lonely = all
    .filter(([, service]) => readsWarehouse(JSON.stringify(service.environment ?? {})) && !isOneShot(service))
    .filter(([name]) => !needs(file, name, 'clickhouse'))
    .map(([name]) => `${name}: reads ClickHouse and does not depend on it`);
  const empty = GROUPS.filter((group) => !all.some(([, service]) => service.labels?.[LABEL] === group));
  return [...wrong, ...lonely, ...empty.map((group) => `no service is of the group ${group}`)];
};

/** While it runs, directly or through another that runs. */
function needs(file: ComposeFile, name: string, wanted: string): boolean {
  const dependencies = [...dependenciesOf(file.services[name] ?? {})];
  return dependencies
    .filter(([, condition]) => condition === 'service_healthy')
    .some(([other]) => other === wanted || needs(file, other, wanted));
}

function readsWarehouse(environment: string): boolean {
  return environment.includes('EBB_CLICKHOUSE_URL');
}

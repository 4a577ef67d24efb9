import { EbbError } from '@ebb/core';
import type { ComposeErrorCode } from './errors.ts';
import { type ComposeModel, serversOf, withServers } from './model.ts';

/** Parts of the platform that come up alone, and the profiles that belong to them. */
const GROUP_PROFILES = { streaming: [], batch: ['airflow'], dashboards: ['superset'] } as const;
export type Group = keyof typeof GROUP_PROFILES;
/** Of what stands for the whole: it goes with the first group that is stopped. */
const WHOLE = 'all';

export function parseGroup(text: string): Group {
  if (Object.hasOwn(GROUP_PROFILES, text)) return text as Group;
  throw new EbbError<ComposeErrorCode>(
    'UNKNOWN_GROUP',
    `no group is called "${text}"; one of ${Object.keys(GROUP_PROFILES).join(', ')}`,
  );
}

export function profilesOf(group: Group): readonly string[] {
  return GROUP_PROFILES[group];
}

/** Services to ask for, those of other profiles only where the caller wants these; what they wait for comes with them. */
export function servicesToStart(model: ComposeModel, group: Group | null, profiles: readonly string[]): string[] {
  const wanted = new Set([...profiles, ...(group === null ? [] : profilesOf(group))]);
  return [...model]
    .filter(([, service]) => service.profiles.length === 0 || service.profiles.some((profile) => wanted.has(profile)))
    .filter(([, service]) => group === null || service.group === group)
    .map(([name]) => name);
}

/**
 * What of the running services is not needed once the group is gone. The others keep the servers that they use, whatever
 * group these are of; a server that nobody uses any more goes as well.
 */
export function servicesToStop(model: ComposeModel, group: Group, running: readonly string[]): string[] {
  const users = running.filter((name) => {
    const service = model.get(name);
    if (service === undefined || service.group === group || service.group === WHOLE) return false;
    return serversOf(model, name).length > 0;
  });
  const kept = withServers(model, users);
  return running.filter((name) => model.has(name) && !kept.has(name));
}

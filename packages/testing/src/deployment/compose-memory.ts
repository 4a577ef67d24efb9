import type { ComposeService } from './compose-file.ts';
import { type ComposeRule, eachService } from './compose-rule.ts';

/** Of a machine that runs every profile at once. */
const MOST_MIB = 12 * 1024;

export const memoryLimits = eachService((service) => (limitMib(service) === null ? 'has no memory limit' : null));

/** What may be used at the worst: by all that stay up, and by the largest of the steps, which run one after another. */
export const memoryTotal: ComposeRule = (file) => {
  const [steps, others] = [true, false].map((isStep) =>
    Object.values(file.services)
      .filter(({ restart }) => (restart === 'no') === isStep)
      .map((service) => limitMib(service) ?? 0),
  );
  const totalMib = Math.max(0, ...(steps ?? [])) + (others ?? []).reduce((sum, limit) => sum + limit, 0);
  return totalMib <= MOST_MIB ? [] : [`memory limits at one time are ${totalMib} MiB, more than ${MOST_MIB}`];
};

/** A tmpfs is memory of its container. Without a size it may take half of the machine's. */
export const tmpfsSizes = eachService((service) => {
  const mounts = [service.tmpfs ?? []].flat();
  const sizes = mounts.map((mount) => parseMib(/[:,]size=(\w+)/.exec(mount)?.[1]));
  const unsized = mounts.filter((_, at) => sizes[at] === null).map((mount) => `tmpfs "${mount}" has no size`);
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const limit = limitMib(service) ?? 0;
  return total < limit ? unsized : [...unsized, ...(mounts.length > 0 ? [`its tmpfs may fill all ${limit} MiB`] : [])];
});

function limitMib(service: ComposeService): number | null {
  return parseMib(service.mem_limit);
}

function parseMib(size: string | number | undefined): number | null {
  const [, count, unit] = /^(\d+)([mg])$/.exec(String(size ?? '')) ?? [];
  if (count === undefined) return null;
  return Number(count) * (unit === 'g' ? 1024 : 1);
}

/** What is known of the machine that is to run the containers. */
export interface HostFacts {
  /** Null where no engine answers; `problem` then says what it said. */
  engine: string | null;
  compose: string | null;
  problem?: string;
  memoryBytes: number;
  /** Limits of all that is to stay up. */
  wantedBytes: number;
  busyPorts: readonly { service: string; port: number; variable: string }[];
}

export interface Finding {
  isFatal: boolean;
  text: string;
}

const OLDEST_ENGINE = [25, 0] as const;
const OLDEST_COMPOSE = [2, 24] as const;
/** Of the limits together: nothing reaches its own all at once with the others. */
const NEEDED_SHARE = 0.6;

/** What speaks against a start, and what to do about it. */
export function preflight(facts: HostFacts): Finding[] {
  if (facts.engine === null) {
    return [fatal(`Docker does not answer: ${facts.problem ?? 'no reason given'}; install it, or start it`)];
  }
  return [
    ...tooOld('Docker Engine', facts.engine, OLDEST_ENGINE),
    ...(facts.compose === null
      ? [fatal('"docker compose" is not there: install the Compose plugin, 2.24 or newer')]
      : tooOld('Docker Compose', facts.compose, OLDEST_COMPOSE)),
    ...memory(facts),
    ...facts.busyPorts.map(({ service, port, variable }) =>
      fatal(`port ${port} of ${service} is taken on this machine: stop what has it, or set ${variable} to another`),
    ),
  ];
}

function tooOld(what: string, version: string, [major, minor]: readonly [number, number]): Finding[] {
  const [, foundMajor = '0', foundMinor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  const isNew = Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
  return isNew ? [] : [fatal(`${what} ${version} is too old: ${major}.${minor} or newer is needed`)];
}

function memory({ memoryBytes, wantedBytes }: HostFacts): Finding[] {
  if (memoryBytes >= wantedBytes) return [];
  const text = `Docker has ${gib(memoryBytes)} of memory; what is to run may take ${gib(wantedBytes)}`;
  if (memoryBytes >= wantedBytes * NEEDED_SHARE) return [{ isFatal: false, text: `${text} at the worst` }];
  return [fatal(`${text}, and needs ${gib(wantedBytes * NEEDED_SHARE)}: give it more, or start one group alone`)];
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

function fatal(text: string): Finding {
  return { isFatal: true, text };
}

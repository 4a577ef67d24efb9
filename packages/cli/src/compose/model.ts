import { z } from 'zod';

/** What of `docker compose config --format json` is looked at. */
const serviceSchema = z.object({
  labels: z.record(z.string(), z.string()).nullish(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).nullish(),
  profiles: z.array(z.string()).nullish(),
  restart: z.string().nullish(),
  mem_limit: z.coerce.number().nullish(),
  ports: z.array(z.object({ host_ip: z.string().nullish(), published: z.coerce.number() })).nullish(),
});
const modelSchema = z.object({ services: z.record(z.string(), serviceSchema) });

export interface ServiceModel {
  group: string | null;
  /** Service → condition that it waits for. */
  dependencies: ReadonlyMap<string, string>;
  profiles: readonly string[];
  /** Ends by itself. */
  isStep: boolean;
  memoryBytes: number;
  ports: readonly { host: string; port: number }[];
}
export type ComposeModel = ReadonlyMap<string, ServiceModel>;

export function parseModel(json: string): ComposeModel {
  const { services } = modelSchema.parse(JSON.parse(json));
  return new Map(Object.entries(services).map(([name, service]) => [name, toModel(service)]));
}

function toModel(service: z.infer<typeof serviceSchema>): ServiceModel {
  const dependencies = Object.entries(service.depends_on ?? {});
  return {
    group: service.labels?.['org.ebb.group'] ?? null,
    dependencies: new Map(dependencies.map(([name, { condition }]) => [name, condition])),
    profiles: service.profiles ?? [],
    isStep: service.restart === 'no',
    memoryBytes: service.mem_limit ?? 0,
    ports: (service.ports ?? []).map(({ host_ip: host, published: port }) => ({ host: host ?? '0.0.0.0', port })),
  };
}

/** These services and all that they wait for, directly or through others. */
export function withDependencies(model: ComposeModel, names: Iterable<string>): Set<string> {
  return closure(names, (name) => [...(model.get(name)?.dependencies.keys() ?? [])]);
}

/** These services and all that must run as long as they do: steps are over by then. */
export function withServers(model: ComposeModel, names: Iterable<string>): Set<string> {
  return closure(names, (name) => serversOf(model, name));
}

export function serversOf(model: ComposeModel, name: string): string[] {
  return [...(model.get(name)?.dependencies.keys() ?? [])].filter((other) => model.get(other)?.isStep === false);
}

function closure(names: Iterable<string>, next: (name: string) => string[]): Set<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...next(name));
  }
  return found;
}

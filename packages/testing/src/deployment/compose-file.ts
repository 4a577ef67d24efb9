import { parse } from 'yaml';

/** What the rules look at in docker-compose.yml, as written there (variables are not replaced). */
export interface ComposeFile {
  name?: string;
  services: Record<string, ComposeService>;
  volumes?: Record<string, unknown>;
}

export interface ComposeService {
  image?: string;
  build?: unknown;
  command?: string | string[];
  user?: string;
  ports?: (string | Record<string, unknown>)[];
  volumes?: (string | { type?: string; source?: string })[];
  environment?: Record<string, string | number | boolean | null> | string[];
  depends_on?: Record<string, { condition?: string }> | string[];
  healthcheck?: { test?: string | string[]; disable?: boolean };
  restart?: string;
  profiles?: string[];
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  privileged?: boolean;
  read_only?: boolean;
  network_mode?: string;
  pid?: string;
  ipc?: string;
  mem_limit?: string | number;
  tmpfs?: string | string[];
  labels?: Record<string, string>;
  logging?: { driver?: string; options?: Record<string, string> };
  stop_grace_period?: string;
}

/** Reads the text of a compose file, merge keys (`<<`) included. */
export function parseCompose(text: string): ComposeFile {
  // The file is our own: its many aliases are no attack.
  return parse(text, { merge: true, maxAliasCount: -1 }) as ComposeFile;
}

/** Settings as pairs of text, whichever of the two notations is used. */
export function environmentOf(service: ComposeService): [string, string][] {
  const { environment } = service;
  if (Array.isArray(environment)) {
    return environment.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    });
  }
  return Object.entries(environment ?? {}).map(([name, value]) => [name, String(value ?? '')]);
}

/** Service → condition; the short notation means `service_started`. */
export function dependenciesOf(service: ComposeService): Map<string, string> {
  const { depends_on: dependsOn } = service;
  if (Array.isArray(dependsOn)) return new Map(dependsOn.map((name) => [name, 'service_started']));
  return new Map(
    Object.entries(dependsOn ?? {}).map(([name, { condition }]) => [name, condition ?? 'service_started']),
  );
}

/** Runs once and ends: a step of the set-up, or a command for people (a profile). */
export function isOneShot(service: ComposeService): boolean {
  return service.restart === 'no';
}

export function commandText(service: ComposeService): string {
  return Array.isArray(service.command) ? service.command.join(' ') : (service.command ?? '');
}

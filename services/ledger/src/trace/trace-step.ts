/** One station of a row's way. */
export interface Step {
  readonly hop: string;
  readonly at: string | null;
  readonly details: string;
}

export interface Trace {
  readonly what: string;
  readonly steps: readonly Step[];
}

/** SQL of a timestamp as ISO text, UTC. */
export const isoPostgres = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
export const isoClickhouse = (column: string): string => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%S.%fZ')`;

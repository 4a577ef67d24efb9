import { isPasswordHash } from '@ebb/core';
import { z } from 'zod';
import { accessRule } from './access/access.ts';
import {
  clickhouseOptions,
  commonOptions,
  type ConfigOf,
  type Environment,
  envEnum,
  envFlag,
  envInteger,
  envText,
  envUrl,
  loadConfig,
  option,
  portOption,
  postgresOptions,
} from '@ebb/config';

const passwordHash = z
  .string()
  .refine(
    (text) => text === '' || isPasswordHash(text),
    'is no hash that make-login.ts wrote; a password itself is not taken',
  );

export const dashboardOptions = {
  ...commonOptions,
  ...postgresOptions,
  ...clickhouseOptions,
  port: portOption('EBB_DASHBOARD_PORT', 3000, 'port of the pages and the API; 0 takes a free one'),
  maxStreams: option('EBB_DASHBOARD_MAX_STREAMS', envInteger({ min: 1 }), {
    description: 'live streams open at once; further ones are answered 503',
    default: '500',
  }),
  maxChannels: option('EBB_DASHBOARD_MAX_CHANNELS', envInteger({ min: 1 }), {
    description: 'different selections (source, currency, day) watched at once; each costs one poll',
    default: '64',
  }),
  pollMs: option('EBB_DASHBOARD_POLL_MS', envInteger({ min: 50, max: 900 }), {
    description:
      'how often a watched selection is checked for changes; below a second, so that pages follow within one',
    default: '250',
  }),
  queryTimeoutMs: option('EBB_DASHBOARD_QUERY_TIMEOUT_MS', envInteger({ min: 100 }), {
    description: 'longest database query',
    default: '5000',
  }),
  collectorUrl: option('EBB_COLLECTOR_URL', envUrl(['http', 'https']), {
    description: 'address of the collector as readers reach it, shown with the hints for a first event',
    default: 'http://127.0.0.1:8090',
  }),
  publishedOn: option('EBB_DASHBOARD_PUBLISHED_ON', envText({ min: 0 }), {
    description:
      'addresses at which others reach it where that is not the one it listens on, as in a container; by commas',
    default: '',
  }),
  login: option('EBB_DASHBOARD_LOGIN', envEnum(['auto', 'on']), {
    description: 'auto: asked for where other machines reach it; on: always, as behind a proxy on this machine',
    default: 'auto',
  }),
  isPublic: option('EBB_DASHBOARD_PUBLIC', envFlag(), {
    description: 'everybody who reaches it may look, at all that is not about single customers; no login',
    default: 'off',
  }),
  passwordHash: option('EBB_DASHBOARD_PASSWORD_HASH', passwordHash, {
    description: 'what make-login.ts wrote; asked for where others than this machine reach the dashboard',
    default: '',
    secret: true,
  }),
  sessionHours: option('EBB_DASHBOARD_SESSION_HOURS', envInteger({ min: 1, max: 24 * 14 }), {
    description: 'time after which one logs in again',
    default: '12',
  }),
};

export type DashboardConfig = ConfigOf<typeof dashboardOptions>;

export function loadDashboardConfig(env: Environment): DashboardConfig {
  return loadConfig(dashboardOptions, env, [accessRule]);
}

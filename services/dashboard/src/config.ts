import {
  clickhouseOptions,
  commonOptions,
  type ConfigOf,
  type Environment,
  envInteger,
  envUrl,
  loadConfig,
  option,
  portOption,
  postgresOptions,
} from '@ebb/config';

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
};

export type DashboardConfig = ConfigOf<typeof dashboardOptions>;

export function loadDashboardConfig(env: Environment): DashboardConfig {
  return loadConfig(dashboardOptions, env);
}

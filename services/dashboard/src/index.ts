export { type DashboardConfig, dashboardOptions, loadDashboardConfig } from './config.ts';
export { createDashboard, type Dashboard, type DashboardDeps } from './service.ts';

import type { TestProject } from 'vitest/node';
import { provideServers } from './global-setup.ts';

export function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideServers(project, ['postgres', 'kafka']);
}

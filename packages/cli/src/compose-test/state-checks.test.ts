import { describe, expect, it } from 'vitest';
import type { Container } from './compose-project.ts';
import { unsettled } from './state-checks.ts';

function container(service: string, state: string, health = '', code = 0): Container {
  return { ID: service, Service: service, State: state, Health: health, ExitCode: code };
}

describe('unsettled', () => {
  it('is content with ended steps and healthy services', () => {
    expect(unsettled([container('seed', 'exited'), container('kafka', 'running', 'healthy')])).toEqual([]);
  });

  it.each([
    ['a failed step', container('seed', 'exited', '', 1), 'seed ended with 1'],
    ['a step that still runs', container('seed', 'running'), 'seed is running'],
    ['a service that ended', container('simulator', 'exited'), 'simulator ended with 0'],
    ['a service that starts', container('kafka', 'running', 'starting'), 'kafka is running starting'],
    ['a service that is not healthy', container('kafka', 'running', 'unhealthy'), 'kafka is running unhealthy'],
    ['a restart', container('kafka', 'restarting'), 'kafka is restarting'],
  ])('names %s', (_, one, problem) => {
    expect(unsettled([one])).toEqual([problem]);
  });
});

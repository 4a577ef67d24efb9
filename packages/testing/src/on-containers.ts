import { hostEnvironment } from '@ebb/config';

/** Whether tests run on containers (`EBB_TEST_STACK=containers`) instead of the embedded servers. */
export function onContainers(): boolean {
  return hostEnvironment()['EBB_TEST_STACK'] === 'containers';
}

import type { LineageNodeInfo } from '../api-types.ts';

/** A node of which no build knows anything. */
export function lineageNode(id: string, type: LineageNodeInfo['type'], name = id): LineageNodeInfo {
  return {
    id,
    type,
    name,
    description: '',
    dbtId: null,
    rows: null,
    newestAt: null,
    isLate: null,
    madeAt: null,
    testsPassed: 0,
    testsWarned: 0,
  };
}

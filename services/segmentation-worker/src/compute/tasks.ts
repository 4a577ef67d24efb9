import {
  clusterBehaviour,
  type PublishedRun,
  type RfmTable,
  segmentCustomers,
  type SegmentationRun,
  type SegmentOptions,
} from '@ebb/segments';
import { churnPresent, fitChurn } from '../churn/fit-churn.ts';
import { fitClv } from '../clv/fit-clv.ts';

export interface SegmentInput {
  readonly table: RfmTable;
  readonly published: PublishedRun | null;
  readonly options: Partial<SegmentOptions>;
}

/** What is computed in a thread of its own: pure functions of one argument. */
const TASKS = {
  segment: ({ table, published, options }: SegmentInput): SegmentationRun =>
    segmentCustomers(table, published, options),
  behaviour: clusterBehaviour,
  clv: fitClv,
  churn: fitChurn,
  churnPresent,
};

type Tasks = typeof TASKS;
export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0];
export type TaskOutput<N extends TaskName> = ReturnType<Tasks[N]>;

/** The thread knows of its task no more than its name; who started it knows the types. */
export function runTask(task: TaskName, input: unknown): unknown {
  return (TASKS[task] as (input: unknown) => unknown)(input);
}

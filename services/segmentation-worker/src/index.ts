export { JOB_KINDS, type JobsContext, workSegmentationJobs } from './jobs/worker-jobs.ts';
export { SegmentationService } from './service.ts';

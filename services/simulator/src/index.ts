export { type Recount, type RecountedDay, recountFiles } from './replay/recount.ts';

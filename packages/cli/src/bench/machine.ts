import { cpus, totalmem } from 'node:os';

/** What figures were measured on. */
export function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return `${cores.length} × ${cores[0]?.model.trim()}, ${memoryGb} GB, ${process.platform}, Node ${process.version}`;
}

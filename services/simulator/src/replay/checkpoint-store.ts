import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What makes two replays the same replay. */
export interface ReplayIdentity {
  fileSha256: string;
  source: string;
  shiftDays: number;
  topic: string;
  brokers: readonly string[];
}

const checkpointSchema = z.object({ documents: z.int().min(0) });

/**
 * How many documents of a file were acknowledged, kept until the replay is complete. It only saves work: documents
 * sent again are the same events, so a lost or stale checkpoint cannot change a figure.
 */
export class CheckpointStore {
  readonly #path: string;
  readonly #directory: string;

  constructor(home: string, identity: ReplayIdentity) {
    const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
    this.#directory = join(home, 'replay');
    this.#path = join(this.#directory, `${key}.json`);
  }

  /** Documents already acknowledged; 0 where nothing readable is kept. */
  read(): number {
    try {
      return checkpointSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).documents;
    } catch {
      return 0;
    }
  }

  /** Replaces the file at once: a kill leaves the old count or the new one. */
  write(documents: number): void {
    mkdirSync(this.#directory, { recursive: true });
    const next = `${this.#path}.${process.pid}`;
    writeFileSync(next, JSON.stringify({ documents }));
    renameSync(next, this.#path);
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}

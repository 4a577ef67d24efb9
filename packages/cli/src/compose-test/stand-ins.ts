import { z } from 'zod';
import type { ComposeProject } from './compose-project.ts';

/** Set on images that stand in for official ones on a machine that reaches no registry. */
const LABEL = 'org.ebb.stand-in';
const labelsSchema = z.record(z.string(), z.string()).nullable();

/** Says of every base image whether it is the official one, since a test on another proves less. */
export async function describeBaseImages(project: ComposeProject, bases: readonly string[]): Promise<string> {
  const described: string[] = [];
  for (const base of bases) {
    const text = await project.docker(['image', 'inspect', '--format', '{{json .Config.Labels}}', base]);
    const labels = labelsSchema.parse(JSON.parse(text));
    described.push(labels?.[LABEL] === 'true' ? `${base} (stand-in)` : base);
  }
  return described.join(', ');
}

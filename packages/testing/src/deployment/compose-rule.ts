import type { ComposeFile, ComposeService } from './compose-file.ts';

/** One rule: pure, returns what breaks it, in words that name the service. */
export type ComposeRule = (file: ComposeFile) => string[];

type ServiceCheck = (service: ComposeService, name: string, file: ComposeFile) => string | null | string[];

export function eachService(check: ServiceCheck): ComposeRule {
  return (file) =>
    Object.entries(file.services).flatMap(([name, service]) => {
      const found = check(service, name, file) ?? [];
      return [found].flat().map((problem) => `${name}: ${problem}`);
    });
}

import { commandText, type ComposeFile, environmentOf } from './compose-file.ts';

/** Settings of ours that no program knows and no command uses: a misspelt name would silently mean the default. */
export function unknownSettings(file: ComposeFile, known: ReadonlySet<string>): string[] {
  return Object.entries(file.services).flatMap(([name, service]) =>
    environmentOf(service)
      .map(([variable]) => variable)
      .filter((variable) => variable.startsWith('EBB_'))
      .filter((variable) => !known.has(variable) && !known.has(variable.replace(/_FILE$/, '')))
      .filter((variable) => !commandText(service).includes(`$${variable}`))
      .map((variable) => `${name}: ${variable} is read by nothing`),
  );
}

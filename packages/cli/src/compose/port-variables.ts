const SERVICE = /^ {2}([a-z][\w-]*):\s*$/;
const PORT_VARIABLE = /\$\{(EBB_[A-Z_]+_PORT):-\d+\}:\d+'/;

/** Service → variable of its published port, from the text of docker-compose.yml: its own output has only the values. */
export function portVariables(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  let service = '';
  for (const line of text.split('\n')) {
    service = SERVICE.exec(line)?.[1] ?? service;
    const variable = line.trimStart().startsWith('ports:') ? PORT_VARIABLE.exec(line)?.[1] : undefined;
    if (variable !== undefined) variables.set(service, variable);
  }
  return variables;
}

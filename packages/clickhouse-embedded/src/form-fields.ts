import { refuse } from './exceptions.ts';

/** Text fields of a `multipart/form-data` body, by which clients send long parameters; files are not supported. */
export function formFields(body: string, contentType: string): Map<string, string> {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw refuse('BAD_ARGUMENTS', 'The form has no boundary.');
  const fields = new Map<string, string>();
  for (const part of `\r\n${body}`.split(`\r\n--${boundary}`).slice(1)) {
    if (part.startsWith('--')) break;
    const end = part.indexOf('\r\n\r\n');
    const name = /;\s*name="([^"]*)"/i.exec(part.slice(0, end))?.[1];
    if (end < 0 || name === undefined) throw refuse('BAD_ARGUMENTS', 'A part of the form has no name.');
    if (/;\s*filename=/i.test(part.slice(0, end)))
      throw refuse('NOT_IMPLEMENTED', 'External tables are not supported.');
    fields.set(name, part.slice(end + 4));
  }
  return fields;
}

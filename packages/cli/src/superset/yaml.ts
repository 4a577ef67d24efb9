type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Plain data as YAML in block style; texts are quoted as JSON does, which YAML reads alike. */
export function yamlOf(value: Plain): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: Plain): string[] {
  if (isScalar(value)) return [JSON.stringify(value)];
  if (Array.isArray(value)) return value.flatMap((item: Plain) => nested('-', lines(item), isScalar(item)));
  return Object.entries(value as Record<string, Plain | undefined>).flatMap(([key, item]) =>
    item === undefined ? [] : entry(`${keyOf(key)}:`, item),
  );
}

function entry(key: string, item: Plain): string[] {
  const below = lines(item);
  if (isScalar(item)) return [`${key} ${below[0] ?? ''}`];
  return [key, ...below.map((line) => `  ${line}`)];
}

function nested(mark: string, below: string[], isScalarItem: boolean): string[] {
  const [first = '', ...rest] = below;
  return [`${mark} ${first}`, ...(isScalarItem ? [] : rest.map((line) => `  ${line}`))];
}

/** Empty lists and objects, too, stand behind their key. */
function isScalar(value: Plain): boolean {
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

function keyOf(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key);
}

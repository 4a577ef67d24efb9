/** One HTTP request as any other program would send it, without the driver. */
export async function rawRequest(
  url: string,
  options: {
    /** Query string. */
    params?: Record<string, string>;
    method?: string;
    body?: string | Buffer;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  } = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer; text: string }> {
  const target = new URL(url);
  const login = Buffer.from(`${target.username}:${decodeURIComponent(target.password)}`).toString('base64');
  target.username = '';
  target.password = '';
  target.search = new URLSearchParams(options.params ?? {}).toString();
  const response = await fetch(target, {
    method: options.method ?? 'POST',
    headers: { authorization: `Basic ${login}`, ...options.headers },
    ...(options.body === undefined ? {} : { body: options.body }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') };
}

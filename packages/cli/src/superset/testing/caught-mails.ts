import { z } from 'zod';

const list = z.object({ messages: z.array(z.object({ ID: z.string() })) });
const mail = z.object({ Subject: z.string(), To: z.array(z.object({ Address: z.string() })), HTML: z.string() });

export type CaughtMail = z.infer<typeof mail>;

/** What the mail catcher at this address has for one recipient. */
export async function mailsTo(page: string, address: string): Promise<CaughtMail[]> {
  const { messages } = list.parse(await (await fetch(`${page}/api/v1/messages`)).json());
  const mails = await Promise.all(
    messages.map(async ({ ID: id }) => mail.parse(await (await fetch(`${page}/api/v1/message/${id}`)).json())),
  );
  return mails.filter(({ To: to }) => to.some(({ Address: one }) => one === address));
}

import { must } from '@ebb/core';
import { z } from 'zod';

const list = z.object({ messages: z.array(z.object({ ID: z.string() })) });
const mail = z.object({
  Subject: z.string(),
  To: z.array(z.object({ Address: z.string() })),
  HTML: z.string(),
});
export type ReceivedMail = z.infer<typeof mail>;

/** All that came in, the newest first. */
export async function receivedMails(url: string): Promise<ReceivedMail[]> {
  const { messages } = list.parse(await (await fetch(`${url}/api/v1/messages`)).json());
  return Promise.all(
    messages.map(async ({ ID: id }) => mail.parse(await (await fetch(`${url}/api/v1/message/${id}`)).json())),
  );
}

/** The newest whose subject is so. */
export async function newestMail(url: string, subject: RegExp): Promise<ReceivedMail> {
  const found = await receivedMails(url);
  return must(
    found.find(({ Subject }) => subject.test(Subject)),
    `a mail ${subject} among ${found.map(({ Subject }) => Subject).join(' | ')}`,
  );
}

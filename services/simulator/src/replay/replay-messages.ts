import { encodeDeadLetter, HEADERS, makeDeadLetter, REPLAY_HEADER_VALUE } from '@ebb/contracts';
import { uuidV5 } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';
import type { RetailDocument } from './retail-document.ts';
import { retailEvent, type RetailEventOptions } from './retail-event.ts';
import type { BadLine, RetailFile } from './retail-file.ts';

const PRODUCER = 'replay';
const DEAD_LINE_NAMESPACE = '0f2d6a1c-3f0b-5b7e-8f67-6d1d0d1f5a11';
const REPLAY_HEADERS = { [HEADERS.replay]: REPLAY_HEADER_VALUE, [HEADERS.producer]: PRODUCER };

/** The event with the header that lifts the lower time bound: it is history. */
export function documentMessage(document: RetailDocument, options: RetailEventOptions): OutgoingMessage {
  return { key: document.invoice, value: retailEvent(document, options), headers: REPLAY_HEADERS };
}

/** A line that could not be read. Its id comes from the file's content, so a second replay adds no second letter. */
export function badLineMessage(file: RetailFile, line: BadLine, source: string, failedAtMs: number): OutgoingMessage {
  const id = uuidV5(DEAD_LINE_NAMESPACE, `${file.sha256}\n${line.lineNumber}`);
  const letter = makeDeadLetter({
    id,
    service: PRODUCER,
    kind: 'file',
    code: line.code,
    message: `${file.path}, line ${line.lineNumber}: ${line.message}`,
    source,
    isReplay: true,
    failedAtMs,
    payload: Buffer.from(line.raw),
  });
  return { key: id, value: encodeDeadLetter(letter), headers: { [HEADERS.producer]: PRODUCER } };
}

import { text } from 'node:stream/consumers';
import type { Client } from 'minio';

export interface MultipartTarget {
  bucket: string;
  key: string;
  headers: Record<string, string>;
}

/**
 * Stores pieces as one object, which appears when the last one is there; on any error nothing stays behind. The driver's
 * own way ends the process when the content breaks, and goes on with whatever upload of that key somebody left unfinished.
 */
export async function putInParts(
  client: Client,
  target: MultipartTarget,
  pieces: AsyncIterable<Buffer>,
): Promise<string> {
  const { bucket, key } = target;
  const uploadId = await client.initiateNewMultipartUpload(bucket, key, target.headers);
  try {
    const parts: { part: number; etag: string }[] = [];
    for await (const piece of pieces) {
      const part = parts.length + 1;
      const query = `partNumber=${part}&uploadId=${encodeURIComponent(uploadId)}`;
      const response = await client.makeRequestAsync(
        { method: 'PUT', bucketName: bucket, objectName: key, query, headers: {} },
        piece,
      );
      await text(response);
      parts.push({ part, etag: (response.headers.etag ?? '').replaceAll('"', '') });
    }
    const { etag } = await client.completeMultipartUpload(bucket, key, uploadId, parts);
    return etag.replaceAll('"', '');
  } catch (error) {
    // The first error says more than one of the tidying up.
    await client.abortMultipartUpload(bucket, key, uploadId).catch(() => {});
    throw error;
  }
}

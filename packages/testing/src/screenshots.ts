import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

export interface ScreenshotComparison {
  /** Differing pixels over all pixels, 0 to 1; pixels that only one of the images has count as differing. */
  readonly differentShare: number;
  /** Where actual image and marked differences were written; null where they are alike enough. */
  readonly reportDirectory: string | null;
}

export interface ScreenshotOptions {
  /** Share that may differ. Browser versions smooth text and lines a little differently. */
  readonly maxDifferentShare: number;
  /** Where to write what differs. */
  readonly reportDirectory: string;
}

/** Colour distance (0 to 1) below which two pixels count as equal. */
const COLOUR_TOLERANCE = 0.15;

/**
 * Compares a PNG with the committed one at `path`. UPDATE_SCREENSHOTS=1 writes it instead; a missing one is an error,
 * so that a test cannot pass by never having had anything to compare with.
 */
export function compareScreenshot(actual: Buffer, path: string, options: ScreenshotOptions): ScreenshotComparison {
  if (hostEnvironment()['UPDATE_SCREENSHOTS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return { differentShare: 0, reportDirectory: null };
  }
  if (!existsSync(path)) throw new Error(`no screenshot at ${path}; make it with UPDATE_SCREENSHOTS=1 and look at it`);
  const expected = PNG.sync.read(readFileSync(path));
  const image = PNG.sync.read(actual);
  const width = Math.max(expected.width, image.width);
  const height = Math.max(expected.height, image.height);
  const marked = new PNG({ width, height });
  const different = pixelmatch(
    padded(expected, width, height),
    padded(image, width, height),
    marked.data,
    width,
    height,
    { threshold: COLOUR_TOLERANCE },
  );
  const differentShare = different / (width * height);
  if (differentShare <= options.maxDifferentShare) return { differentShare, reportDirectory: null };
  mkdirSync(options.reportDirectory, { recursive: true });
  const name = basename(path, '.png');
  writeFileSync(join(options.reportDirectory, `${name}.actual.png`), actual);
  writeFileSync(join(options.reportDirectory, `${name}.difference.png`), PNG.sync.write(marked));
  return { differentShare, reportDirectory: options.reportDirectory };
}

/** The image on a transparent ground of this size; what is missing differs from any opaque page. */
function padded(image: PNG, width: number, height: number): Buffer {
  if (image.width === width && image.height === height) return image.data;
  const ground = new PNG({ width, height });
  PNG.bitblt(image, ground, 0, 0, image.width, image.height, 0, 0);
  return ground.data;
}

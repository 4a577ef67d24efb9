import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';
import { NeedleSearch } from './needle-search.ts';
import { readTarContents } from './tar-contents.ts';

interface Place {
  name: string;
  /** Something that stands there for certain: a search that does not find it looks at nothing. */
  known: string;
  look: (search: NeedleSearch) => Promise<void>;
}

const KNOWN = 'what is known to be there';

/** No secret, generated or confided, may stand in a log, an image, a container's settings or a file that git sees. */
export async function checkSecretsStayInside(
  project: ComposeProject,
  secrets: ReadonlyMap<string, string>,
): Promise<string> {
  const places = placesOf(project);
  const problems: string[] = [];
  for (const { name, known, look } of places) {
    const search = new NeedleSearch(new Map([...secrets, [KNOWN, known]]));
    await look(search);
    if (!search.found.delete(KNOWN)) problems.push(`the search of the ${name} is blind: it does not see "${known}"`);
    problems.push(...[...search.found].map((secret) => `${secret} stands in the ${name}`));
  }
  ensureNone(problems);
  return `${secrets.size} secrets and canaries in none of: ${places.map(({ name }) => name).join(', ')}`;
}

function placesOf(project: ComposeProject): Place[] {
  const logs = ['compose', '--project-name', project.name, '--profile', '*', 'logs', '--no-color'];
  // A line of the program that stands in the images of the services.
  const source = 'Each step loads what it needs and no more';
  return [
    { name: 'logs', known: 'Ebb is up.', look: (search) => searchOutput(project, logs, search) },
    {
      name: 'image history',
      known: 'WORKDIR /app',
      look: (search) => searchImages(project, ['history', '--no-trunc'], search),
    },
    {
      name: 'image settings',
      known: 'NODE_ENV',
      look: (search) => searchImages(project, ['image', 'inspect'], search),
    },
    { name: 'image layers', known: source, look: (search) => searchLayers(project, search) },
    { name: 'container settings', known: project.name, look: (search) => searchContainers(project, search) },
    { name: 'files that git sees', known: source, look: (search) => searchCheckout(project, search) },
  ];
}

async function searchOutput(project: ComposeProject, args: string[], search: NeedleSearch): Promise<void> {
  await project.docker(args, { read: (output) => readInto(output, search) });
}

async function searchImages(project: ComposeProject, command: string[], search: NeedleSearch): Promise<void> {
  for (const image of project.images) await searchOutput(project, [...command, image], search);
}

/** What each layer adds, so that a file which a later one removes is seen as well. */
async function searchLayers(project: ComposeProject, search: NeedleSearch): Promise<void> {
  for (const image of project.images) {
    await project.docker(['image', 'save', image], {
      read: (output) => readTarContents(output, (chunk) => search.push(chunk)),
      timeoutMs: SAVE_TIMEOUT_MS,
    });
  }
}

const SAVE_TIMEOUT_MS = 600_000;

async function readInto(output: AsyncIterable<Buffer>, search: NeedleSearch): Promise<void> {
  for await (const chunk of output) search.push(chunk);
}

async function searchContainers(project: ComposeProject, search: NeedleSearch): Promise<void> {
  const ids = (await project.containers()).map((container) => container.ID);
  await searchOutput(project, ['inspect', ...ids], search);
}

/** Everything that is or could be committed: tracked files and new ones that are not ignored. */
async function searchCheckout(project: ComposeProject, search: NeedleSearch): Promise<void> {
  const listed = await git(project, ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  for (const path of listed.split('\0').filter((name) => name !== '')) {
    // A tracked file may be deleted in the work tree.
    search.push(await readFile(join(project.root, path)).catch(() => Buffer.alloc(0)));
  }
}

/** What git says of the checkout, ignored files included: a test must leave it as it was. */
export function checkoutState(project: ComposeProject): Promise<string> {
  return git(project, ['status', '--porcelain', '--ignored']);
}

function git(project: ComposeProject, args: string[]): Promise<string> {
  return project.run('git', ['-c', `safe.directory=${project.root}`, ...args]);
}

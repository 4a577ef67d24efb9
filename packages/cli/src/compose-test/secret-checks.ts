import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';
import { NeedleSearch } from './needle-search.ts';

/** No generated secret may stand in a log, an image, a container's settings or a file that git sees. */
export async function checkSecretsStayInside(
  project: ComposeProject,
  secrets: ReadonlyMap<string, string>,
): Promise<string> {
  const places: [string, (search: NeedleSearch) => Promise<void>][] = [
    [
      'logs',
      (search) => searchOutput(project, ['compose', '--project-name', project.name, 'logs', '--no-color'], search),
    ],
    ['image history', (search) => searchImages(project, ['history', '--no-trunc'], search)],
    ['image settings', (search) => searchImages(project, ['image', 'inspect'], search)],
    ['image files', (search) => searchImageFiles(project, search)],
    ['container settings', (search) => searchContainers(project, search)],
    ['files that git sees', (search) => searchCheckout(project, search)],
  ];
  const problems: string[] = [];
  for (const [place, look] of places) {
    const search = new NeedleSearch(secrets);
    await look(search);
    problems.push(...[...search.found].map((name) => `${name} stands in the ${place}`));
  }
  ensureNone(problems);
  return `${secrets.size} secrets in none of: ${places.map(([place]) => place).join(', ')}`;
}

async function searchOutput(project: ComposeProject, args: string[], search: NeedleSearch): Promise<void> {
  await project.docker(args, { onOutput: (chunk) => search.push(chunk) });
}

async function searchImages(project: ComposeProject, command: string[], search: NeedleSearch): Promise<void> {
  for (const image of project.images) await searchOutput(project, [...command, image], search);
}

/** The file system of each image as one stream, from a container that never starts. */
async function searchImageFiles(project: ComposeProject, search: NeedleSearch): Promise<void> {
  for (const image of project.images) {
    const id = (await project.docker(['create', image])).trim();
    try {
      await searchOutput(project, ['export', id], search);
    } finally {
      await project.docker(['rm', '--force', '--volumes', id]);
    }
  }
}

async function searchContainers(project: ComposeProject, search: NeedleSearch): Promise<void> {
  const ids = (await project.containers()).map((container) => container.ID);
  await searchOutput(project, ['inspect', ...ids], search);
}

/** Everything that is or could be committed: tracked files and new ones that are not ignored. */
async function searchCheckout(project: ComposeProject, search: NeedleSearch): Promise<void> {
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = await project.run('git', ['-c', `safe.directory=${project.root}`, ...listing]);
  for (const path of listed.split('\0').filter((name) => name !== '')) {
    // A tracked file may be deleted in the work tree.
    search.push(await readFile(join(project.root, path)).catch(() => Buffer.alloc(0)));
  }
}

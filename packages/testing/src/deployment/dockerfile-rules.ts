import type { Dockerfile, Instruction } from './dockerfile.ts';

/** What the rules compare the Dockerfile with. */
export interface DockerfileContext {
  /** `packages/core`, `services/collector`, … */
  workspaces: string[];
  /** Those of them that run in production. */
  runtimeWorkspaces: string[];
  /** Lines of .dockerignore. */
  ignored: string[];
}

export type DockerfileRule = (file: Dockerfile, context: DockerfileContext) => string[];

function runtimeOf(file: Dockerfile): Instruction[] {
  return file.stages.at(-1)?.instructions ?? [];
}

function everyInstruction(file: Dockerfile): Instruction[] {
  return file.stages.flatMap((stage) => stage.instructions);
}

/** Such a line makes the build ask a registry for a frontend. */
const noSyntaxLine: DockerfileRule = (file) =>
  file.head.filter((line) => /^#\s*syntax\s*=/i.test(line)).map((line) => `"${line}" pulls an image`);

const pinnedBases: DockerfileRule = (file) => {
  const stages = new Set(file.stages.map((stage) => stage.name));
  return file.stages
    .filter(({ from }) => !stages.has(from) && !/^[\w./-]+:\d[\w.-]*$/.test(from))
    .map(({ from }) => `base "${from}" is not pinned by a version tag`);
};

const nonRootUser: DockerfileRule = (file) => {
  const user = runtimeOf(file).findLast((instruction) => instruction.name === 'USER')?.args ?? 'root';
  return /^(?:root|0)(?::|$)/.test(user) ? [`the image runs as ${user}`] : [];
};

const lockedInstalls: DockerfileRule = (file) =>
  everyInstruction(file)
    .filter(({ name, args }) => name === 'RUN' && /\bnpm (?:i|install|add)\b|\bnpx\b/.test(args))
    .map(({ args }) => `"${args}" installs past the lock file`);

/** The runtime stage installs nothing itself and takes its modules from an install without development tools. */
const productionModules: DockerfileRule = (file) => {
  const problems: string[] = [];
  const runtime = runtimeOf(file);
  if (runtime.some(({ name }) => name === 'RUN')) problems.push('the runtime stage runs commands');
  const copied = new Set(runtime.flatMap(({ args }) => /--from=(\S+)/.exec(args)?.[1] ?? []));
  for (const stage of file.stages.filter(({ name }) => name !== null && copied.has(name))) {
    const wholeCopy = runtime.some(({ args }) => new RegExp(`--from=${stage.name} \\S+ \\.$`).test(args));
    const installs = stage.instructions.filter(({ name, args }) => name === 'RUN' && args.includes('npm ci'));
    if (wholeCopy && installs.some(({ args }) => !args.includes('--omit=dev'))) {
      problems.push(`the modules of stage ${stage.name} include development tools`);
    }
  }
  if (!runtime.some(({ name, args }) => name === 'ENV' && args.split(' ').includes('NODE_ENV=production')))
    problems.push('NODE_ENV is not production');
  return problems;
};

/** Install scripts of packages would run as root in the build. */
const noInstallScripts: DockerfileRule = (file) =>
  everyInstruction(file)
    .filter(({ name, args }) => name === 'RUN' && args.includes('npm ci') && !args.includes('--ignore-scripts'))
    .map(({ args }) => `"${args}" runs install scripts`);

/** `npm ci` refuses to work when a workspace of the lock file is missing. */
const everyManifest: DockerfileRule = (file, { workspaces }) => {
  const copied = new Set(everyInstruction(file).map(({ args }) => args));
  return workspaces
    .filter((path) => !copied.has(`${path}/package.json ${path}/`))
    .map((path) => `${path}/package.json is not copied`);
};

/** A package that a service imports and the image lacks shows only when that service starts. */
const everySource: DockerfileRule = (file, { runtimeWorkspaces }) => {
  const copied = runtimeOf(file)
    .filter(({ name, args }) => name === 'COPY' && !args.startsWith('--from='))
    .map(({ args }) => args.split(' ')[0] ?? '');
  return runtimeWorkspaces
    .filter((path) => !copied.includes(path) && !copied.includes(`${path}/src`))
    .map((path) => `the sources of ${path} are not in the image`);
};

const noSecretsBuiltIn: DockerfileRule = (file) =>
  everyInstruction(file)
    .filter(({ name, args }) => ['ENV', 'ARG'].includes(name) && /PASSWORD|SECRET|TOKEN|KEY/i.test(args))
    .map(({ name, args }) => `${name} ${args} would stay in the image's history`);

const noCatchAllCopy: DockerfileRule = (file) =>
  everyInstruction(file)
    .filter(({ name, args }) => ['COPY', 'ADD'].includes(name) && (args.startsWith('. ') || name === 'ADD'))
    .map(({ name, args }) => `${name} ${args} takes more than is named`);

const ignoreIsAllowList: DockerfileRule = (_file, { ignored }) => {
  const lines = ignored.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const problems = lines[0] === '*' ? [] : ['.dockerignore does not begin with "*"'];
  for (const line of ['**/node_modules', '**/*.test.ts']) {
    if (!lines.includes(line)) problems.push(`.dockerignore lets ${line} in`);
  }
  const open = lines.filter((line) => line.startsWith('!') && /\.env|\.git$|\.ebb/.test(line));
  return [...problems, ...open.map((line) => `.dockerignore lets ${line.slice(1)} in`)];
};

export const dockerfileRules = {
  noSyntaxLine,
  pinnedBases,
  nonRootUser,
  lockedInstalls,
  productionModules,
  noInstallScripts,
  everyManifest,
  everySource,
  noSecretsBuiltIn,
  noCatchAllCopy,
  ignoreIsAllowList,
} satisfies Record<string, DockerfileRule>;

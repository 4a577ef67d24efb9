import { describe, expect, it } from 'vitest';
import { type Dockerfile, parseDockerfile } from './dockerfile.ts';
import { type DockerfileContext, dockerfileRules } from './dockerfile-rules.ts';
import { listRuntimeWorkspaces, listWorkspaces, readRepositoryFile } from './repository.ts';

type RuleName = keyof typeof dockerfileRules;
interface Input {
  text: string;
  ignored: string[];
}

const original: Input = {
  text: await readRepositoryFile('Dockerfile'),
  ignored: (await readRepositoryFile('.dockerignore')).split('\n'),
};
const workspaces = await listWorkspaces();
const runtimeWorkspaces = await listRuntimeWorkspaces();

const replace =
  (from: string | RegExp, to: string) =>
  ({ text, ignored }: Input): Input => ({ text: text.replaceAll(from, to), ignored });
const append =
  (line: string) =>
  ({ text, ignored }: Input): Input => ({ text: `${text}\n${line}\n`, ignored });

/** For each rule, changes to the real files that it must notice. */
const violations: Record<RuleName, [what: string, change: (input: Input) => Input][]> = {
  noSyntaxLine: [['frontend', ({ text, ignored }) => ({ text: `# syntax=docker/dockerfile:1\n${text}`, ignored })]],
  pinnedBases: [
    ['latest', replace(/node:24-bookworm-slim/g, 'node:latest')],
    ['no tag', replace(/node:24-bookworm-slim/g, 'node')],
  ],
  nonRootUser: [
    ['none', replace(/^USER .*$/gm, '')],
    ['root', append('USER root')],
    ['number of root', append('USER 0:0')],
  ],
  lockedInstalls: [
    ['install', append('RUN npm install express')],
    ['npx', append('RUN npx something')],
  ],
  productionModules: [
    ['development tools', replace('--omit=dev ', '')],
    ['commands', append('RUN echo')],
    ['development mode', replace('NODE_ENV=production', 'NODE_ENV=development')],
  ],
  noInstallScripts: [['scripts', replace(/--ignore-scripts /g, '')]],
  everyManifest: [['a workspace less', replace('COPY packages/core/package.json packages/core/', '')]],
  everySource: [
    ['a package less', replace('COPY packages/kafka/src packages/kafka/src', '')],
    ['a service less', replace('COPY services/simulator/src services/simulator/src', '')],
  ],
  noSecretsBuiltIn: [['password', append('ENV POSTGRES_PASSWORD=postgres')]],
  noCatchAllCopy: [
    ['everything', append('COPY . .')],
    ['download', append('ADD https://example.com/x.tar /x')],
  ],
  ignoreIsAllowList: [
    ['open', ({ text }) => ({ text, ignored: ['node_modules'] })],
    ['settings', ({ text, ignored }) => ({ text, ignored: [...ignored, '!.env'] })],
  ],
};

const cases = Object.entries(violations).flatMap(([rule, changes]) =>
  changes.map(([what, change]) => ({ rule: rule as RuleName, what, change })),
);

function check(rule: RuleName, input: Input): string[] {
  const file: Dockerfile = parseDockerfile(input.text);
  const context: DockerfileContext = { workspaces, runtimeWorkspaces, ignored: input.ignored };
  return dockerfileRules[rule](file, context);
}

describe('Dockerfile', () => {
  it.each(Object.keys(dockerfileRules) as RuleName[])('keeps the rule %s', (rule) => {
    expect(check(rule, original)).toEqual([]);
  });

  it.each(cases)('would break the rule $rule by: $what', ({ rule, change }) => {
    expect(check(rule, change(original))).not.toEqual([]);
  });

  it.each(Object.keys(dockerfileRules) as RuleName[])('of the embedded ClickHouse keeps the rule %s', async (rule) => {
    const text = await readRepositoryFile('packages/clickhouse-embedded/Dockerfile');
    const reached = ['clickhouse-embedded', 'config', 'core', 'runtime'].map((name) => `packages/${name}`);
    const context: DockerfileContext = { workspaces, runtimeWorkspaces: reached, ignored: original.ignored };
    expect(dockerfileRules[rule](parseDockerfile(text), context)).toEqual([]);
  });

  it.each(['noSyntaxLine', 'pinnedBases', 'nonRootUser'] as RuleName[])(
    'of Kafka Connect keeps the rule %s',
    async (rule) => {
      const text = await readRepositoryFile('packages/local-stack/connect/Dockerfile');
      const context: DockerfileContext = { workspaces, runtimeWorkspaces, ignored: original.ignored };
      expect(dockerfileRules[rule](parseDockerfile(text), context)).toEqual([]);
    },
  );

  it('is read stage by stage, with lines joined', () => {
    const file = parseDockerfile('# a\nFROM x:1 AS a\nRUN one \\\n    two\n# b\nFROM a\nUSER node\n');
    expect(file).toEqual({
      head: ['# a'],
      stages: [
        { from: 'x:1', name: 'a', instructions: [{ name: 'RUN', args: 'one two' }] },
        { from: 'a', name: null, instructions: [{ name: 'USER', args: 'node' }] },
      ],
    });
  });
});

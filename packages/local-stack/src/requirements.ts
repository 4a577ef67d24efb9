import { readFileSync } from 'node:fs';

export type Requirement = 'java' | 'maven' | 'python' | 'node';
type Packager = 'apt-get' | 'dnf' | 'apk' | 'brew' | 'unknown';

const COMMANDS: Record<Packager, Record<Requirement, string>> = {
  'apt-get': {
    java: 'sudo apt-get install -y openjdk-17-jre-headless',
    maven: 'sudo apt-get install -y maven',
    python: 'sudo apt-get install -y python3 python3-venv',
    node: 'see https://nodejs.org/en/download (20 or newer)',
  },
  dnf: {
    java: 'sudo dnf install -y java-17-openjdk-headless',
    maven: 'sudo dnf install -y maven',
    python: 'sudo dnf install -y python3.12',
    node: 'sudo dnf install -y nodejs',
  },
  apk: {
    java: 'apk add openjdk17-jre-headless',
    maven: 'apk add maven',
    python: 'apk add python3',
    node: 'apk add nodejs npm',
  },
  brew: {
    java: 'brew install openjdk@17 && export JAVA_HOME="$(brew --prefix openjdk@17)"',
    maven: 'brew install maven',
    python: 'brew install python@3.12',
    node: 'brew install node',
  },
  unknown: {
    java: 'a Java 17 or newer, see https://adoptium.net',
    maven: 'Apache Maven 3.8 or newer, see https://maven.apache.org/install.html',
    python: 'Python 3.11 to 3.13, see https://www.python.org/downloads',
    node: 'Node.js 20 or newer, see https://nodejs.org/en/download',
  },
};

/** How to get a missing tool on this machine, as one line. */
export function installHint(requirement: Requirement, packager: Packager = hostPackager()): string {
  const command = COMMANDS[packager][requirement];
  return packager === 'unknown' ? `install ${command}` : `install it with: ${command}`;
}

function hostPackager(): Packager {
  if (process.platform === 'darwin') return 'brew';
  try {
    return packagerOf(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return 'unknown';
  }
}

/** Package manager of a Linux by its os-release file. */
export function packagerOf(osRelease: string): Packager {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  if (ids.includes('debian') || ids.includes('ubuntu')) return 'apt-get';
  if (ids.includes('fedora') || ids.includes('rhel')) return 'dnf';
  return ids.includes('alpine') ? 'apk' : 'unknown';
}

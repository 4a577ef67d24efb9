import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { hostEnvironment } from '@ebb/config';
import { LocalStackError } from './errors.ts';

/** How to start a program that refuses to run as root. */
export interface RunAs {
  /** Set when the caller is root: owner of the data directory and user of the server. */
  owner: { uid: number; gid: number } | null;
  /** Turns a command into the one to spawn. */
  wrap(command: string, args: readonly string[]): { command: string; args: string[]; uid?: number; gid?: number };
}

const asCaller: RunAs = { owner: null, wrap: (command, args) => ({ command, args: [...args] }) };

/**
 * PostgreSQL refuses root. As root (containers, CI) another user of the machine is taken. Where that user may not
 * enter the checkout (below /root, or a mode 0700 directory), the server gets the one capability that lets it.
 */
export function runAs(paths: { program: string; dataParent: string; dataDir: string }): RunAs {
  if (process.getuid?.() !== 0) return asCaller;
  const owner = ownerOf(paths.dataDir) ?? unprivilegedUser();
  if (canUse(owner, paths.program, paths.dataParent)) {
    return { owner, wrap: (command, args) => ({ command, args: [...args], ...owner }) };
  }
  if (!setprivWorks(owner)) {
    throw new LocalStackError(
      'POSTGRES_USER',
      `PostgreSQL cannot run as root, and user ${owner.uid} may not read ${paths.program} or enter ${paths.dataParent}: ` +
        'use a checkout below a directory that everybody may enter (chmod o+x its parents), or run as another user',
    );
  }
  return { owner, wrap: (command, args) => ({ command: 'setpriv', args: [...setprivArgs(owner), command, ...args] }) };
}

function ownerOf(dataDir: string): { uid: number; gid: number } | null {
  try {
    const { uid, gid } = statSync(dataDir);
    return uid === 0 ? null : { uid, gid };
  } catch {
    return null;
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const users = new Map<string, { uid: number; gid: number }>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && Number(uid) > 0) users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  const invoking = Number(hostEnvironment()['SUDO_UID'] ?? 0);
  const found =
    [...users.values()].find((user) => user.uid === invoking) ?? users.get('postgres') ?? users.get('nobody');
  if (found === undefined) {
    throw new LocalStackError('POSTGRES_USER', 'PostgreSQL cannot run as root, and /etc/passwd has no user "nobody"');
  }
  return found;
}

function canUse(owner: { uid: number; gid: number }, program: string, dataParent: string): boolean {
  const script = 'test -x "$1" && test -x "$2"';
  const probe = spawnSync('/bin/sh', ['-c', script, 'sh', program, dataParent], {
    ...owner,
    stdio: 'ignore',
    cwd: '/',
  });
  return probe.status === 0;
}

function setprivArgs(owner: { uid: number; gid: number }): string[] {
  const user = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  // Without the bit, access(2), by which initdb looks for its sibling, would forget the capability again.
  return [...user, '--securebits=+no_setuid_fixup', ...capability, '--'];
}

function setprivWorks(owner: { uid: number; gid: number }): boolean {
  try {
    execFileSync('setpriv', [...setprivArgs(owner), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

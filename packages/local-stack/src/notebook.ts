import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { LocalStackError } from './errors.ts';
import { LAKE_FOLDER, lakeEnvironment, type LakeServers } from './lake.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const FOLDER = join(REPOSITORY, 'notebooks');
const VENV = join(REPOSITORY, '.venv', 'notebook');
const SETTINGS = {
  // The lake is read by the modules that write it.
  PYTHONPATH: [LAKE_FOLDER, FOLDER].join(delimiter),
  PYTHONDONTWRITEBYTECODE: '1',
  // The kernel of this environment, whatever others its user has.
  JUPYTER_PREFER_ENV_PATH: '1',
};

/** Committed without what its cells come to. */
export const CUSTOMER_JOURNEY = join(FOLDER, 'customer-journey.ipynb');

export interface StartNotebookOptions {
  /** A login that may read is enough for each. */
  servers: LakeServers;
  notebook: string;
  /** Where the notebook is written once it has run, as a notebook and as a page. */
  folder: string;
}

/** The Python that notebooks run in: EBB_NOTEBOOK_PYTHON, else `.venv/notebook`. Raises NOTEBOOK_MISSING. */
export function notebookPython(env = hostEnvironment()): string {
  const python = env['EBB_NOTEBOOK_PYTHON'] || join(VENV, 'bin', 'python');
  if (existsSync(python)) return python;
  const message = `what notebooks need is not installed (${python}); install it with: make notebook-venv`;
  throw new LocalStackError('NOTEBOOK_MISSING', message);
}

/** Runs a notebook from its beginning, in this terminal; nothing is written unless every cell ends well. */
export function startNotebook({ servers, notebook, folder }: StartNotebookOptions): ChildProcess {
  return spawn(notebookPython(), [join(FOLDER, 'run.py'), notebook, resolve(folder)], {
    env: { ...hostEnvironment(), ...SETTINGS, ...lakeEnvironment(servers) },
    stdio: 'inherit',
  });
}

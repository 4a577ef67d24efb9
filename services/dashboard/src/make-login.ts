import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { EbbError, errorMessage, hashPassword } from '@ebb/core';

/** `make-login.ts <new file>`: shows a new password once, on the terminal; the file gets its hash and is the owner's alone. */
async function makeLogin(file: string | undefined): Promise<void> {
  if (file === undefined) throw new EbbError('FILE_MISSING', 'name the new file: make-login.ts <file>');
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, await hashPassword(password), { flag: 'wx', mode: 0o600 });
  process.stderr.write(`the dashboard's password, shown only now (EBB_DASHBOARD_PASSWORD_HASH_FILE=${file}):\n`);
  process.stdout.write(`${password}\n`);
}

makeLogin(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`make-login: ${errorMessage(error)}\n`);
  process.exitCode = 1;
});

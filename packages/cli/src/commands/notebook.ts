import { CUSTOMER_JOURNEY, startNotebook } from '@ebb/local-stack';
import type { Command } from 'commander';
import { catalogUrl, objectStoreAt, readerUrl } from '../connections.ts';
import { commandContext } from '../context.ts';
import { inForeground } from '../foreground.ts';

export function registerNotebook(program: Command): void {
  program
    .command('notebook')
    .description('run notebooks/customer-journey.ipynb; with its figures it is written as a page and as a notebook')
    .argument('[folder]', 'where to write them; default: the home of the stack')
    .action(runNotebook);
}

/** On the running stack, or the servers that the environment names. */
async function runNotebook(folder: string | undefined): Promise<void> {
  const context = commandContext();
  const servers = {
    postgresUrl: forReading(await catalogUrl(context)),
    clickhouseUrl: await readerUrl(context),
    store: objectStoreAt(context),
  };
  await inForeground(startNotebook({ servers, notebook: CUSTOMER_JOURNEY, folder: folder ?? context.home.root }));
}

/** A notebook is made to be changed and tried; the catalog must survive it. */
function forReading(url: string): string {
  const found = new URL(url);
  const options = [found.searchParams.get('options'), '-cdefault_transaction_read_only=on'];
  found.searchParams.set('options', options.filter(Boolean).join(' '));
  return found.href;
}

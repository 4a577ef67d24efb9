import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contractFiles, type CustomTypes } from '@ebb/contracts';
import { EbbError, errorMessage } from '@ebb/core';
import type { Command } from 'commander';
import { withDatabase } from '../connections.ts';
import { commandContext } from '../context.ts';
import { latestPolicy, registerCustomTypes } from '../contracts/policy-versions.ts';

export function registerContracts(program: Command): void {
  const contracts = program.command('contracts').description('what events must look like');
  contracts
    .command('export')
    .description('write JSON Schemas of all events, KPI definitions and rejection codes; needs no stack')
    .argument('<dir>')
    .option('--registered', 'with the event types registered in the running stack')
    .action(exportContracts);
  contracts
    .command('add')
    .description('register event types with typed properties; collector and aggregator follow within seconds')
    .argument('<file>', 'JSON: {"name": …, "properties": {"seconds": {"type": "number", "required": true}}} or a list')
    .action(addFile);
  contracts.command('list').description('the registered event types').action(listTypes);
}

async function exportContracts(directory: string, options: { registered?: boolean }): Promise<void> {
  const customTypes = options.registered === true ? await registeredTypes() : {};
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(contractFiles(customTypes))) {
    await writeFile(join(directory, name), content);
    console.log(join(directory, name));
  }
}

async function addFile(path: string): Promise<void> {
  const definitions = await readJson(path);
  const change = await withDatabase(commandContext(), (pool) => registerCustomTypes(pool, definitions));
  if (!change.isNew) {
    console.log(`nothing to change: policy version ${change.version} holds these types already`);
    return;
  }
  for (const name of change.added) console.log(`added    ${name}`);
  for (const name of change.widened) console.log(`widened  ${name}`);
  console.log(`policy version ${change.version} is in force`);
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EbbError('INVALID_CUSTOM_TYPE', `${path} is not JSON: ${errorMessage(error)}`, { cause: error });
  }
}

async function listTypes(): Promise<void> {
  const types = Object.entries(await registeredTypes());
  if (types.length === 0) console.log('no event types are registered; add some with: ebb contracts add FILE');
  for (const [name, definition] of types) console.log(JSON.stringify({ name, ...definition }, null, 2));
}

async function registeredTypes(): Promise<CustomTypes> {
  return (await withDatabase(commandContext(), latestPolicy)).customTypes;
}

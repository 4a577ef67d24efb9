import { chown } from 'node:fs/promises';
import { envList, envText, loadConfig, option } from '@ebb/config';
import { parseOwners, provisionSecrets } from './provision-secrets.ts';
import type { Step } from './step.ts';
import { ownPair } from './tls-files.ts';

const options = {
  directory: option('EBB_SECRETS_DIR', envText(), { description: 'folder of the secrets' }),
  owners: option('EBB_SECRET_OWNERS', envList(), { description: 'readers and their user ids, reader=uid' }),
  postgresAddress: option('EBB_POSTGRES_ADDRESS', envText(), { description: 'host:port/database' }),
  clickhouseAddress: option('EBB_CLICKHOUSE_ADDRESS', envText(), { description: 'host:port' }),
  objectStoreAddress: option('EBB_OBJECT_STORE_ADDRESS', envText(), { description: 'host:port' }),
  queueAddress: option('EBB_SUPERSET_QUEUE_ADDRESS', envText(), { description: 'host:port' }),
  dashboardAddress: option('EBB_DASHBOARD_ADDRESS', envText(), { description: 'host:port' }),
  tls: option('EBB_TLS_DIR', envText({ min: 0 }), {
    description: "folder with tls.crt and tls.key of one's own; empty, or without them: made here",
    default: '',
  }),
  volumes: option('EBB_VOLUME_OWNERS', envText({ min: 0 }), {
    description: 'folders that are volumes of images which do not make them theirs, /folder=uid',
    default: '',
  }),
};

/** Prints names and counts only: what it prints ends in the log of the container. */
export const secretsStep: Step = async (env, print) => {
  const config = loadConfig(options, env);
  const { created, readers } = await provisionSecrets({
    directory: config.directory,
    postgresAddress: config.postgresAddress,
    clickhouseAddress: config.clickhouseAddress,
    objectStoreAddress: config.objectStoreAddress,
    queueAddress: config.queueAddress,
    dashboardAddress: config.dashboardAddress,
    tls: await ownPair(config.tls),
    owners: parseOwners(config.owners),
    // The group stays root: nobody shares it.
    changeOwner: (path, uid) => chown(path, uid, 0),
  });
  for (const item of config.volumes.split(',').filter((text) => text !== '')) {
    const [folder = '', uid = ''] = item.split('=');
    await chown(folder, Number(uid), 0);
  }
  print(created === 0 ? 'secrets: kept' : `secrets: ${created} generated`);
  print(`secrets: handed to ${readers.join(', ')}`);
};

import { join } from 'node:path';
import { DAY_MS, must, utcDay } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { TestStack } from '../../stack/test-stack.ts';
import type { SupersetLogin } from '../superset-client.ts';

const MODELS = [
  ['rfm_segments', '--source', 'retail_files'],
  ['clv', '--source', 'retail'],
  ['churn_scores', '--source', 'retail', '--params', '{"horizon_days": 120}'],
] as const;

/** A stack of a test's own with Superset, and all that the dashboards show: the demo's data, and the models on it. */
export class FilledStack extends TestStack {
  /** Raises with what it printed when the command fails. */
  async ebb(args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) throw new Error(`ebb ${args.join(' ')}: ${output}`);
    return output;
  }

  async up(): Promise<void> {
    await this.ebb(['up', '--with', 'superset']);
    await this.ebb(['load-fixture', 'bank']);
    const lastDay = utcDay(Date.now() - DAY_MS);
    await this.ebb(['replay', 'online-retail', ONLINE_RETAIL_YEAR_1.path, '--shift-to', lastDay]);
    await this.ebb(['simulate', 'crm', '--customers', '2000', '--history', '7d', '--count', '2500', '--rate', '500']);
    // About an hour of traffic, so that there are minutes to draw.
    await this.ebb(['simulate', 'shop', '--customers', '5000', '--backfill', '1h', '--count', '20000', '--rate', '6']);
    const days = join(this.home.root, 'days');
    await this.ebb(['datasets', 'retail-daily', days]);
    await this.ebb(['upload', days]);
    await this.ebb(['load']);
    await this.ebb(['build']);
    for (const words of MODELS) await this.ebb(['models', 'run', ...words]);
  }

  async logins(): Promise<Record<'admin' | 'viewer', SupersetLogin>> {
    const superset = must((await this.status()).superset, 'the stack runs with Superset');
    const url = must(superset.url, 'url');
    return {
      admin: { url, login: 'admin', password: must(superset.password, 'password') },
      viewer: { url, login: 'viewer', password: must(superset.viewerPassword, 'password of the viewer') },
    };
  }

  async mailPage(): Promise<string> {
    return must((await this.status()).mail?.url, 'url of the mails');
  }
}

import { type Environment, hostEnvironment } from '@ebb/config';
import { type StackHome, stackHome } from './stack/home.ts';

/** What every command starts from. */
export interface CommandContext {
  env: Environment;
  home: StackHome;
}

export function commandContext(): CommandContext {
  const env = hostEnvironment();
  return { env, home: stackHome(env) };
}

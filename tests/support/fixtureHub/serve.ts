import { RENAMED, REPOS } from './repos.ts';
import { startFixtureHub } from './server.ts';

export const hub = await startFixtureHub(REPOS, RENAMED, { hub: 4911, cdn: 4912 });

import { RENAMED, REPOS } from './repos.ts';
import { startFixtureHub } from './server.ts';

// Playwright starts this beside the page.
const hub = await startFixtureHub(REPOS, RENAMED, { hub: 4911, cdn: 4912 });
console.log(`fixture hub at ${hub.hubUrl}, CDN at ${hub.cdnUrl}`);

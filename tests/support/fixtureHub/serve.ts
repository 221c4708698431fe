import { RENAMED, REPOS } from './repos.ts';
import { startFixtureHub } from './server.ts';

// Playwright starts this beside the page: a hub and its CDN for each worker.
for (const hub of [4911, 4913, 4915]) {
  const { hubUrl, cdnUrl } = await startFixtureHub(REPOS, RENAMED, { hub, cdn: hub + 1 });
  console.log(`fixture hub at ${hubUrl}, CDN at ${cdnUrl}`);
}

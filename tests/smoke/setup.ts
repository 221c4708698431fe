import { readdirSync, readFileSync } from 'node:fs';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { isolationHeaders } from '../../scripts/isolationHeaders.js';
import { securityHeaders } from '../../scripts/securityHeaders.js';
import { fileOf } from '../support/fixtureHub/lazyFile.ts';
import { startFixtureHub } from '../support/fixtureHub/server.ts';
import { fixture } from '../support/localFiles.ts';
import { startReports } from './reports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    pageUrl: string;
    hubUrl: string;
    /** Where reports of the page's policy come together (reports.ts). */
    reportsUrl: string;
  }
}

/** The oracle's checkpoint that the hub has. */
export const HUB_CASE = 'gpt2-f32';
export const HUB_MODEL = `oracle/${HUB_CASE}`;

/** Serves the built page with its headers, and a hub. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const files = readdirSync(fixture('oracle', HUB_CASE)).filter((name) => name !== 'expected.json');
  const main = Object.fromEntries(
    files.map((name) => [name, fileOf(readFileSync(fixture('oracle', HUB_CASE, name)))]),
  );
  const hub = await startFixtureHub([{ id: HUB_MODEL, revisions: { main, other: main } }]);
  const reports = await startReports();
  const policy = `${securityHeaders['Content-Security-Policy']}; report-uri ${reports.url}`;
  const headers = { ...isolationHeaders, ...securityHeaders, 'Content-Security-Policy': policy };
  const server = await preview({ logLevel: 'warn', preview: { port: 0, host: 'localhost', headers } });
  project.provide('pageUrl', server.resolvedUrls!.local[0]!);
  project.provide('hubUrl', hub.hubUrl);
  project.provide('reportsUrl', reports.url);
  return async () => {
    reports.close();
    await Promise.all([hub.close(), server.close()]);
  };
}

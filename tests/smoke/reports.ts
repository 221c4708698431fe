// Hears what browsers report of the page's policy, from its documents and its workers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Report {
  readonly userAgent: string;
  readonly body: string;
}

/** Takes reports by POST, and gives those so far by GET as JSON. */
export async function startReports(): Promise<{ readonly url: string; close(): void }> {
  const reports: Report[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify(reports));
      return;
    }
    const body: Buffer[] = [];
    request.on('data', (bytes: Buffer) => body.push(bytes));
    request.on('end', () => {
      const userAgent = request.headers['user-agent'] ?? '';
      if (request.method === 'POST') reports.push({ userAgent, body: Buffer.concat(body).toString('utf8') });
      response
        .writeHead(204, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' })
        .end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

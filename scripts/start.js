// `npm start`: builds the page and serves it with the headers that make it cross-origin isolated; prints its URL.
import { build, preview } from 'vite';

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 4173, host: 'localhost' } });
console.log(`\nQKScope is served at ${server.resolvedUrls.local[0]}   (Ctrl+C ends it)`);

export { orAborted } from '../core/orAborted.ts';

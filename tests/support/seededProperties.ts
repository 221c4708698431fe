// In CI the cases of the property tests are the same in each run, so that a commit passes or doesn't; elsewhere each run has others.
import { configureGlobal } from 'fast-check';

if (process.env.CI) configureGlobal({ seed: 1 });

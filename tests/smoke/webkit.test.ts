import { webkit } from '@playwright/test';
import { findWebKitGtk, ownBuild } from '../../scripts/otherBrowsers.js';
import { openByPlaywright } from './playwrightDriver.ts';
import { smokeSuite } from './smokeSuite.ts';
import { openWebKitGtk } from './webkitDriver.ts';

const [system, own] = [findWebKitGtk(), ownBuild(webkit)];

smokeSuite(
  'WebKit',
  system !== null ? () => openWebKitGtk(system) : own !== null ? () => openByPlaywright(webkit, own) : null,
);

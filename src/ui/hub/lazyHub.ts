// The forms about the hub, each fetched when it is first opened.
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';

export const LazyTokenForm = lazyWithPreload(() => import('./TokenForm.tsx'), 'TokenForm', 168);
export const LazyKeptInBrowser = lazyWithPreload(() => import('./KeptInBrowser.tsx'), 'KeptInBrowser', 128);

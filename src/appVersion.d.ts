/** package.json's version, put in by Vite's `define`. */
declare const __APP_VERSION__: string;

/** package.json's version, put in by Vite's `define`. */
declare const __APP_VERSION__: string;
/** package.json's homepage, the page's public address; '' while there is none. */
declare const __APP_ADDRESS__: string;
/** package.json's repository; '' while there is none. */
declare const __APP_SOURCE__: string;

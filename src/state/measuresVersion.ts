/** Of how whole layers and directionality are measured: with another number, what an earlier visit measured isn't shown. */
export const MEASURES_VERSION = 1;

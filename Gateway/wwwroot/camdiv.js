export { Camdiv, CamdivError } from './camdiv/client.js';
export { openMedia, openScreen, listDevices } from './camdiv/media.js';

// camdiv.d.ts is written by hand for its readers; this fails to compile where the code does not keep its word.
import type * as declared from '../../../Gateway/wwwroot/camdiv.js';
import { Camdiv, CamdivError } from '../../../Gateway/wwwroot/camdiv/client.js';
import { listDevices, openMedia, openScreen } from '../../../Gateway/wwwroot/camdiv/media.js';

const implementation = { Camdiv, CamdivError, listDevices, openMedia, openScreen };
implementation satisfies {
  Camdiv: new (options?: declared.CamdivOptions) => Omit<declared.Camdiv, 'addEventListener'>;
  CamdivError: typeof declared.CamdivError;
  listDevices: typeof declared.listDevices;
  openMedia: typeof declared.openMedia;
  openScreen: typeof declared.openScreen;
};

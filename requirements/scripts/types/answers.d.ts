/** What the constructor of a ServerError assigns. */
import type {} from '../../../static/js/device/server.js';

declare module '../../../static/js/device/server.js' {
  interface ServerError {
    code: string;
    details: Record<string, any>;
    status: number;
  }
}

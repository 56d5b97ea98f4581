import { urlHost } from "../config/loopback.js";
import { HttpError } from "./errors.js";

const NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Checks the headers that say which site a request is for and which it comes from. */
export type Guard = (host: string | undefined, origin: string | undefined) => void;

/**
 * Lets only requests for this machine pass. A web page may let its own name resolve to 127.0.0.1
 * (DNS rebinding); the browser then takes this server for the page's own, but still sends that name
 * as Host. And a page that posts here across origins sends its Origin.
 */
export function createGuard(listenHost: string): Guard {
  const names = new Set([...NAMES, urlHost(listenHost).toLowerCase()]);
  return (host, origin) => {
    if (host === undefined || !names.has(hostName(host))) {
      throw new HttpError("HOST_NOT_ALLOWED", `the host ${shown(host)} is not served here`, {
        hint: `Ask for ${[...names].join(" or ")}.`,
      });
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      throw new HttpError(
        "ORIGIN_NOT_ALLOWED",
        `pages of ${shown(origin)} may not ask this server`,
      );
    }
  };
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, "").toLowerCase();
}

function shown(text: string | undefined): string {
  return text === undefined ? "(none)" : JSON.stringify(text.slice(0, 100));
}

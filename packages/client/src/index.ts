export {
  AegisClient,
  KeyValueClient,
  type ClientOptions,
  type DeleteResult,
  type Health,
  type KeyValueEntry,
  type KeyValuePage,
  type ListOptions,
  type SetOptions,
  type Transport,
} from "./http-client.js";
export { ClientError, type ClientErrorDetails } from "./errors.js";
export { CLIENT_VERSION } from "./version.js";

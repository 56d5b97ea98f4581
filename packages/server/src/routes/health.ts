import type { AddRoutes } from "../http/app.js";
import { failureOf } from "../http/errors.js";
import { jsonText } from "../http/reply.js";
import { addResource } from "../http/resource.js";
import { SERVER_VERSION } from "../version.js";

/** `GET /health`: 200 while the database answers, else 503 with why it does not. */
export const healthRoutes: AddRoutes = (app, { database }) => {
  const started = performance.now();
  const answer = (): Response => {
    const uptime = Math.round(performance.now() - started) / 1000;
    const facts = { version: SERVER_VERSION, uptime };
    try {
      database.kv.has("health");
      return jsonText(JSON.stringify({ status: "healthy", ...facts }));
    } catch (error) {
      const { error: why } = failureOf(error);
      return jsonText(JSON.stringify({ status: "unhealthy", ...facts, error: why }), 503);
    }
  };
  addResource(app, "/health", { GET: answer });
};

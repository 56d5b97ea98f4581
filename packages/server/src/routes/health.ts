import type { AddRoutes } from "../http/app.js";
import { failureOf } from "../http/errors.js";
import { jsonText } from "../http/reply.js";
import { addResource } from "../http/resource.js";
import { SERVER_VERSION } from "../version.js";

/** `GET /health`: 200 while the database answers, else 503 with why it does not. */
export const healthRoutes: AddRoutes = (app, { database }) => {
  const answer = (): Response => {
    const facts = { version: SERVER_VERSION, uptime: Math.round(process.uptime() * 1000) / 1000 };
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

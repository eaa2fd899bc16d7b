// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { answerOf, ShopClient } from "./client";
import { fieldMessages, problemFromAnswer, type ShopProblem } from "./problem";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;

async function serve(handler: Handler): Promise<ShopClient> {
  const listening = createServer(handler);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return new ShopClient(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

const problemDocument = {
  type: "about:blank",
  title: "Wrong",
  status: 422,
  code: "invalid_input",
  detail: "Wrong",
  messages: { en: "Wrong", bn: "ভুল" },
  errors: [{ field: "body.contact.phone", code: "phone", messages: { en: "Bad phone", bn: "ভুল ফোন" } }],
  request_id: "abc",
};

describe("an unsafe call", () => {
  it("fetches the CSRF token once it is refused for lack of one, and goes out again with its body", async () => {
    const seen: string[] = [];
    const client = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const token = String(request.headers["x-csrftoken"]);
        seen.push(`${request.method} ${request.url} ${token}`);
        response.setHeader("Content-Type", "application/json");
        if (request.url?.endsWith("/session")) response.end('{"csrf_token":"fresh","customer":null}');
        else if (token === "fresh") response.end(Buffer.concat(chunks));
        else response.writeHead(403).end(JSON.stringify({ ...problemDocument, status: 403, code: "csrf_failed" }));
      });
    });

    const body = { login: "a", password: "b" };
    expect(await answerOf(client.http.POST("/api/v1/account/login", { body }))).toEqual(body);
    await answerOf(client.http.POST("/api/v1/account/login", { body }));

    expect(seen).toEqual([
      "POST /api/v1/account/login undefined",
      "GET /api/v1/account/session undefined",
      "POST /api/v1/account/login fresh",
      "POST /api/v1/account/login fresh",
    ]);
  });
});

describe("a failed call", () => {
  it("carries the server's words in both languages, and those for each field", async () => {
    const client = await serve((_request, response) => {
      response.writeHead(422, { "Content-Type": "application/problem+json" }).end(JSON.stringify(problemDocument));
    });
    const failure = await answerOf(client.http.GET("/api/v1/locations")).catch((problem: unknown) => problem);
    expect(failure).toMatchObject({ status: 422, code: "invalid_input", messages: { bn: "ভুল" }, requestId: "abc" });
    expect(fieldMessages(failure, "phone")).toEqual({ en: "Bad phone", bn: "ভুল ফোন" });
    expect(fieldMessages(failure, "name")).toBeNull();
    expect((failure as ShopProblem).outcomeUnknown).toBe(false);
  });

  it("is known as a lost connection when no answer comes", async () => {
    const client = await serve((request) => request.socket.destroy());
    await expect(answerOf(client.http.GET("/api/v1/locations"))).rejects.toMatchObject({
      code: "network",
      outcomeUnknown: true,
    });
  });

  it("gets our own words when a proxy answered with a page of its own", () => {
    expect(problemFromAnswer(503, "<h1>busy</h1>")).toMatchObject({ code: "unavailable", outcomeUnknown: true });
    expect(problemFromAnswer(500, undefined)).toMatchObject({ code: "unreadable", outcomeUnknown: true });
  });
});

// A receiver as others would write it: the official library of Standard Webhooks judges each call.
// With `judge` it reads cases from its input, one JSON a line, and says what it makes of each; else it listens, and
// PUT /secret tells it the secret to know calls by.
const http = require("node:http");
const readline = require("node:readline");
const { Webhook } = require("standardwebhooks");

function judged(secret, body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return "valid";
  } catch (error) {
    return error.name === "WebhookVerificationError" ? `refused: ${error.message}` : `broken: ${error.message}`;
  }
}

if (process.argv[2] === "judge") {
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const { secret, body, headers } = JSON.parse(line);
    console.log(judged(secret, body, headers));
  });
} else {
  let secret = null;
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      if (request.method === "PUT") secret = body;
      const verdict = request.method === "PUT" ? "valid" : judged(secret, body, request.headers);
      response.writeHead(verdict === "valid" ? 204 : 400).end();
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

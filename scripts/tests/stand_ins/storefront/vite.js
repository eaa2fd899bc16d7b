// Stands in for Vite: one page.
require("node:http")
  .createServer((_, answer) => answer.end("a shop"))
  .listen(Number(process.env.PORT), "127.0.0.1");

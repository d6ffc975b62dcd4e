// Sends a message of the given size so many times through nodemailer's pool, each built anew; prints the seconds it took.
import fs from "node:fs";
import nodemailer from "nodemailer";

const [port, connections, count, file] = process.argv.slice(2);
const html = "<p>A line that names {{name}}.</p>\n".repeat(Math.ceil(fs.statSync(file).size / 36));
const pool = nodemailer.createTransport({
  pool: true, host: "127.0.0.1", port: Number(port), maxConnections: Number(connections), maxMessages: Infinity,
  ignoreTLS: true,
});
const start = process.hrtime.bigint();
await Promise.all(
  Array.from({ length: Number(count) }, (_, number) =>
    pool.sendMail({
      from: "news@example.org", to: `person${number}@example.org`, subject: "Winter", text: "A line.",
      html: html.replaceAll("{{name}}", `Person ${number}`),
      list: { unsubscribe: `https://news.example.org/u/${number}` },
    }),
  ),
);
console.log(Number(process.hrtime.bigint() - start) / 1e9);
pool.close();

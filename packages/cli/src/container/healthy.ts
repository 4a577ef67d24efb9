/** Health check of a container: is the service on this port ready? Kept free of imports, since it starts often. */
const port = process.argv[2] ?? '';
const isReady = await fetch(`http://127.0.0.1:${port}/healthz/ready`).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = isReady ? 0 : 1;

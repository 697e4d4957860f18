// Refuses a Node that is too old, with one line; imported first, so that it runs before anything else fails.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `remotetask needs Node 22.13 or newer; this is ${process.versions.node}. On DSM, install "Node.js v22" from Package Center.`,
  );
  process.exit(1);
}

// Read by every Node since 12: nothing newer in here, and no import of what may not be there.
const version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(`trimtab needs Node 20.19 or newer; this is ${process.version}. Install a newer Node, then run the same command again.`);
  process.exit(1);
}

// Says plainly what is needed before anything that an older Node can't read. Written so that any Node can run it.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    'Muster needs Node 24 or newer; this is ' +
      process.version +
      '.\nNode 24 comes with "npm ci", unless npm was told to run no install scripts: ' +
      'try "npm install-scripts approve node && npm ci".\n',
  );
  process.exit(1);
}

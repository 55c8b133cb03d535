// One ES module and one stylesheet for the widgets, in the Python package.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

await build({
  absWorkingDir: root,
  entryPoints: { widgets: 'src/widgets/index.ts' },
  outdir: '../headroom_nb/widgets/static',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  legalComments: 'none'
});

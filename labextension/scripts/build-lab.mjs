// The JupyterLab extension as a few modules in lib/, which Jupyter's builder then packs into headroom_nb/labextension.
// What JupyterLab shares stays outside; what only a view needs is loaded with the first view.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

await rm(new URL('../lib', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: 'src/lab/index.ts', mime: 'src/lab/mime.ts', style: 'src/lab/style.css' },
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  external: ['@jupyterlab/*', '@lumino/*']
});

// The JupyterLab extension as a few modules in lib/, which Jupyter's builder then packs into headroom_nb/labextension.
// What JupyterLab shares stays outside; what only a view needs is loaded with the first view.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

// All styles as one text: style sheets as modules would bring a loader's code along.
const style = {
  name: 'style',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^headroom:style$/ }, ({ path }) => ({ path, namespace: 'style' }));
    onLoad({ filter: /.*/, namespace: 'style' }, async () => {
      const options = { absWorkingDir: root, bundle: true, minify: true, charset: 'utf8', write: false };
      const { outputFiles } = await build({ ...options, entryPoints: ['src/lab/style.css'] });
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  }
};

await rm(new URL('../lib', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: 'src/lab/index.ts', mime: 'src/lab/mime.ts' },
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  external: ['@jupyterlab/*', '@lumino/*'],
  plugins: [style]
});

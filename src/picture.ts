/**
 * SVG to PNG, for those who show no SVG. It runs as WebAssembly and brings its own font: there is nothing to compile, no
 * binary per platform, and machines without fonts draw the same picture.
 */
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const engineFile = import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm');

const fontFiles = [
  import.meta.resolve('@fontsource/inter/files/inter-latin-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-600-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-ext-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-latin-ext-600-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-greek-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-greek-600-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-cyrillic-400-normal.woff2'),
  import.meta.resolve('@fontsource/inter/files/inter-cyrillic-600-normal.woff2'),
];

/** The font has no other letters. Instead of a row of boxes there will be one `…`. */
const unwritable = /[^\p{ASCII}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\u00a0-\u00ff\u2010-\u2026]+/gu;

/** For screens that show two of their pixels as one. */
const pixelsPerPixel = 2;

let loading: Promise<Uint8Array[]> | null = null;

/** Twice as wide and high as the SVG says. @throws Error for what is no SVG. */
export async function toPng(svg: string): Promise<Uint8Array> {
  const fontBuffers = await (loading ??= load());
  const drawing = new Resvg(svg.replace(unwritable, '…'), {
    font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    fitTo: { mode: 'zoom', value: pixelsPerPixel },
  });
  try {
    const picture = drawing.render();
    try {
      return picture.asPng();
    } finally {
      picture.free();
    }
  } finally {
    drawing.free();
  }
}

/** Only when the first picture is drawn: most processes draw none for days. */
async function load(): Promise<Uint8Array[]> {
  try {
    const [engine, ...fonts] = await Promise.all(
      [engineFile, ...fontFiles].map(async (file) => new Uint8Array(await readFile(fileURLToPath(file)))),
    );
    // Can be called once only, so it comes after all that can be tried again.
    await initWasm(engine ?? new Uint8Array());
    return fonts;
  } catch (error) {
    loading = null;
    throw error;
  }
}

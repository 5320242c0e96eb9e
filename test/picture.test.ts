import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { toPng } from '../src/picture.ts';

function svgOf(words: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60" font-family="Inter, sans-serif"><rect width="300" height="60" fill="#fff"/><text x="10" y="40" font-size="20">${words}</text></svg>`;
}

async function draw(words: string): Promise<PNG> {
  return PNG.sync.read(Buffer.from(await toPng(svgOf(words))));
}

function darkPixels({ data }: PNG): number {
  return data.filter((value, index) => index % 4 === 0 && value < 128).length;
}

test('a picture has twice the pixels that the SVG says', async () => {
  const { width, height } = await draw('');
  expect([width, height]).toEqual([600, 120]);
});

test('words are readable in it, whatever fonts the machine has', async () => {
  const [nothing, little, much, otherLetters] = await Promise.all(['', 'll', 'checkout-5xx', 'checkout-5yy'].map(draw));
  expect(nothing === undefined ? -1 : darkPixels(nothing)).toBe(0);
  expect(little === undefined ? 0 : darkPixels(little)).toBeGreaterThan(20);
  expect(much?.data).not.toEqual(otherLetters?.data);
});

test.each(['Größe', 'Ωμέγα', 'Привет', 'Škoda'])('%s is written in its own letters', async (words) => {
  const written = await draw(words);
  const boxes = await draw('\u{10ffff}'.repeat(words.length));
  expect(written.data).not.toEqual(boxes.data);
  expect(written.data).not.toEqual((await draw('…')).data);
});

test('letters that the font lacks become one ellipsis instead of a row of boxes', async () => {
  expect((await draw('a 支払い b')).data).toEqual((await draw('a … b')).data);
});

test('what is no SVG is refused', async () => {
  await expect(toPng('<svg')).rejects.toThrow('SVG data parsing failed');
});

import { expect, test } from 'vitest';
import { findModel } from '../costs';
import made from '../../../tests/costs/front_end_vectors.json';
import samples from '../pictures/samples.json';
import { billOf, countEncoded, figure } from './counted';
import { readEncoded } from './encoded';
import { imagesOfDocument, imagesOfLines } from './messages';
import { picturesOfNotebook } from './notebooks';
import { tableName } from './tableName';

const PNG = samples.find(sample => sample.name === 'png')?.data ?? '';
const SIZE = [37, 21];
const URI = `data:image/png;base64,${PNG}`;

function model(name: string): NonNullable<ReturnType<typeof findModel>> {
  const found = findModel(name);
  if (found === undefined) {
    throw new Error(name);
  }
  return found;
}

test('base64 is read with breaks, without padding, in both alphabets', () => {
  const broken = PNG.replace(/(.{10})/g, '$1\n');
  for (const text of [PNG, broken, PNG.replace(/=+$/, ''), PNG.replaceAll('+', '-').replaceAll('/', '_'), URI]) {
    expect(readEncoded(text).size).toEqual(SIZE);
  }
});

test('of a long picture only the beginning is decoded', () => {
  const behind = '!'.repeat(1_000_000);
  expect(readEncoded(PNG.replace(/=+$/, '').padEnd(4096, 'A') + behind).size).toEqual(SIZE);
});

test('what is no base64 or no picture says so', () => {
  expect(countEncoded('a', 'no base64 at all!', 'auto')).toMatchObject({ size: null, problem: 'This is not base64.' });
  expect(countEncoded('a', btoa('plain text'), 'auto').problem).toContain('Not a PNG');
});

test.each([
  ['Chat Completions', { type: 'image_url', image_url: { url: URI, detail: 'low' } }, 'low'],
  ['Responses', { type: 'input_image', image_url: URI, detail: 'high' }, 'high'],
  ['Messages', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }, 'auto'],
  ['generateContent', { inline_data: { mime_type: 'image/png', data: PNG } }, 'auto'],
  ['generateContent in the web’s spelling', { inlineData: { mimeType: 'image/png', data: PNG } }, 'auto'],
  ['Converse', { image: { format: 'png', source: { bytes: PNG } } }, 'auto'],
  ['MCP', { type: 'image', data: PNG, mimeType: 'image/png' }, 'auto']
])('an image of %s is found', (_, block, detail) => {
  const document = [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, block] }];
  expect(imagesOfDocument(document)).toEqual([{ label: 'messages[0].content[1]', size: SIZE, detail, problem: '' }]);
  expect(imagesOfDocument({ body: { messages: document } })[0]?.label).toBe('body.messages[0].content[1]');
});

test('bare images of a message are found, and images inside tool results', () => {
  expect(imagesOfDocument([{ role: 'user', content: 'hi', images: [PNG, PNG] }]).map(image => image.label)).toEqual([
    'messages[0].images[0]',
    'messages[0].images[1]'
  ]);
  const inner = { type: 'image', source: { type: 'base64', data: PNG } };
  expect(imagesOfDocument([{ role: 'user', content: [{ type: 'tool_result', content: [inner] }] }])).toHaveLength(1);
});

test.each([
  { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
  { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
  { type: 'input_image', file_id: 'file-1' },
  { fileData: { mimeType: 'image/png', fileUri: 'files/1' } }
])('an image sent by reference has a row and no figure: %j', block => {
  const [image] = imagesOfDocument([{ role: 'user', content: [block] }]);
  expect(image).toMatchObject({ size: null });
  expect(image?.problem).toContain('by reference');
});

test('other JSON holds no images, however deep', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 50_000; level++) {
    deep = [deep];
  }
  for (const document of [null, 3, 'text', {}, [], { image: 'a' }, { images: ['a'] }, { source: null }, deep]) {
    expect(imagesOfDocument(document)).toEqual([]);
  }
});

test('JSON lines name their line', () => {
  const line = JSON.stringify([{ role: 'user', content: [{ type: 'image_url', image_url: { url: URI } }] }]);
  expect(imagesOfLines(`${line}\n\n${line}\n`).map(image => image.label)).toEqual([
    'line 1: messages[0].content[0]',
    'line 3: messages[0].content[0]'
  ]);
  expect(() => imagesOfLines(`${line}\n{`)).toThrow('Line 2 is not JSON.');
});

test('a notebook’s pictures are those shown: one of each bundle, drawings left out', () => {
  const content = {
    cells: [
      { cell_type: 'markdown', attachments: { 'a.png': { 'image/png': PNG } } },
      {
        cell_type: 'code',
        outputs: [
          { output_type: 'display_data', data: { 'image/svg+xml': '<svg/>', 'image/png': [PNG.slice(0, 8), PNG.slice(8)] } },
          { output_type: 'stream', text: 'no picture' },
          { output_type: 'display_data', data: { 'image/jpeg': 'broken!' } }
        ]
      },
      null
    ]
  };
  const pictures = picturesOfNotebook(content);
  expect(pictures.map(({ cell, size }) => [cell, size])).toEqual([
    [1, SIZE],
    [2, SIZE],
    [2, null]
  ]);
  expect(pictures[1]?.preview).toBe(URI);
  expect(picturesOfNotebook('no notebook')).toEqual([]);
});

test('pictures are billed together; those without a figure are counted apart', () => {
  const small = { label: 'a', size: [512, 512], detail: 'high', problem: '' } as const;
  const gone = { label: 'b', size: null, detail: 'auto', problem: 'not known' } as const;
  expect(billOf([small, small, gone], model('gpt-4o'))).toEqual({ tokens: 510, usd: expect.closeTo(0.001275) as number, exact: true, missing: 1, pdfs: 0 });
  expect(figure(gone, model('gpt-4o'))).toEqual({ tokens: null, exact: false, note: 'not known' });
  expect(figure({ ...small, size: [20_000, 10] }, model('claude-opus-5-5')).note).toContain('refuses');
});

test.each(made.names as [string, string][])('%s is %s of the table, as in Python', (spelled, name) => {
  expect(tableName(spelled)).toBe(name);
});

test('a name that only JavaScript knows is no model', () => {
  expect(tableName('constructor')).toBeNull();
  expect(tableName('no-such-model')).toBeNull();
});

const ASKED = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: URI } }] }];

test.each([
  { model: 'gpt-4o-2024-08-06', messages: ASKED },
  { custom_id: '1', body: { model: 'gpt-4o', messages: ASKED } },
  [{ model: 'openai/gpt-4o', messages: ASKED }],
  { modelId: 'gpt-4o', contents: ASKED }
])('an image knows the model that its request names: %#', document => {
  expect(imagesOfDocument(document)).toMatchObject([{ size: SIZE, model: 'gpt-4o' }]);
});

test('a model that is named elsewhere, or that the table lacks, prices nothing', () => {
  expect(imagesOfDocument([{ ...ASKED[0], model: 'gpt-4o' }])[0]).not.toHaveProperty('model');
  expect(imagesOfDocument({ model: 'our-own', messages: ASKED })).toMatchObject([{ unknownModel: 'our-own' }]);
});

test.each([
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
  { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } },
  { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
  { type: 'input_file', file_id: 'file-1' },
  { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } },
  { document: { format: 'pdf', name: 'a', source: { bytes: 'JVBERi0=' } } },
  { type: 'resource', resource: { uri: 'file:///a.pdf', mimeType: 'application/pdf', blob: 'JVBERi0=' } }
])('a PDF has a row and no figure: %j', block => {
  const found = imagesOfDocument([{ role: 'user', content: [block] }]);
  expect(found).toMatchObject([{ label: 'messages[0].content[0]', size: null, isPdf: true }]);
  expect(billOf(found, model('gpt-4o'))).toMatchObject({ tokens: 0, missing: 0, pdfs: 1 });
});

test('a document of text is no PDF, and images inside a document are found', () => {
  const image = { type: 'image', source: { type: 'base64', data: PNG } };
  const documents = [
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
    { type: 'document', source: { type: 'content', content: [image] } }
  ];
  expect(imagesOfDocument([{ role: 'user', content: documents }])).toMatchObject([{ size: SIZE }]);
});

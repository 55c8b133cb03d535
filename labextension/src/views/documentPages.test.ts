import { expect, it } from 'vitest';
import { documentPages } from './documentPages';
import type { Report } from '../report/report';

const page = { page: 1, form: 'text', original_tokens: 2000, compressed_tokens: 600, risk: 0.001, why: 'its text layer is sound' };
const report = {
  documents: [
    {
      path: 'messages[0].content[0]',
      name: 'report <b>.pdf',
      original_tokens: 4000,
      compressed_tokens: 600,
      exact: false,
      note: 'page 1 as text, 2 not sent',
      error: null,
      pages: [page, { ...page, page: 2, form: 'left out', compressed_tokens: 0, why: 'asked for page 1' }]
    }
  ]
} as unknown as Report;

it('shows every page of a document with its form, its tokens and why', () => {
  const [fold] = documentPages(report, new Set(), () => 0);
  expect(fold?.querySelector('summary')?.textContent).toContain('report <b>.pdf: ');
  const pages = [...(fold?.querySelectorAll('li') ?? [])];
  expect(pages.map(each => each.textContent.split(' · ')[0])).toEqual(['Page 1 text', 'Page 2 left out']);
  expect(pages.map(each => each.title)).toEqual(['its text layer is sound', 'asked for page 1']);
  expect(fold?.querySelector('b')).toBeNull();
});

it('says what went wrong with a document, and shows nothing without one', () => {
  const failed = { documents: [{ ...report.documents?.[0], error: 'it asks for a password', pages: [] }] } as unknown as Report;
  expect(documentPages(failed, new Set(), () => 0)[0]?.textContent).toContain('it asks for a password');
  expect(documentPages({} as Report, new Set(), () => 0)).toEqual([]);
});

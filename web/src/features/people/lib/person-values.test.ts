import { describe, expect, it } from 'vitest';

import type { Person } from '@/lib/api/types';

import { personFields, personValues, sizesProblem } from './person-values';

const mia: Person = {
  id: 'p1',
  name: 'Mia',
  relationship: 'daughter',
  birthdate: '2019-05-04',
  anniversary: null,
  notes: '',
  interests: ['horses'],
  sizes: { shoes: '31', dress: '122' },
  constraints: [],
  photo_url: '',
  color: '#22664c',
  user_id: null,
  version: 3,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

describe('personFields', () => {
  it('gives back what the form was filled with', () => {
    const input = personFields(personValues(mia));
    expect(mia).toMatchObject(input);
  });

  it('makes empty dates null and drops empty size rows', () => {
    const input = personFields({
      ...personValues(undefined),
      name: ' Ben ',
      sizes: [
        { name: ' shirt ', size: ' M ' },
        { name: '', size: ' ' },
      ],
    });
    expect(input).toMatchObject({
      name: 'Ben',
      birthdate: null,
      anniversary: null,
      sizes: { shirt: 'M' },
    });
  });
});

describe('sizesProblem', () => {
  it('accepts rows that are filled or empty', () => {
    expect(sizesProblem([])).toBeUndefined();
    expect(
      sizesProblem([
        { name: 'shoes', size: '38' },
        { name: '', size: '' },
      ]),
    ).toBeUndefined();
  });

  it('wants a name for every size', () => {
    expect(sizesProblem([{ name: ' ', size: '38' }])).toMatch('Name each size');
  });

  it('names a duplicate', () => {
    const rows = [
      { name: 'shoes', size: '38' },
      { name: ' shoes', size: '39' },
    ];
    expect(sizesProblem(rows)).toBe('Duplicate size “shoes”: give it once.');
  });
});

import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';

import { qrPath } from './qr-path';

describe('qrPath', () => {
  it('draws exactly the dark modules', () => {
    const text = 'http://192.168.1.20:8000/join#q3ZkX1';
    const { data } = encode(text, { ecc: 'M', border: 4 });
    const { size, path } = qrPath(text);

    const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
    for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\1z/g)) {
      drawn[Number(y)]?.fill(true, Number(x), Number(x) + Number(width));
    }
    expect(drawn).toEqual(data);
  });
});

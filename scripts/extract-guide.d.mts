/** A fenced block of the guide. */
export interface Block {
  language: string;
  /** What stands behind the language. */
  info: string;
  /** Where it begins, from 1. */
  line: number;
  code: string;
}

export const extracted: string;
export function blocks(): Block[];
export function fileOf(block: Pick<Block, 'language' | 'info'>): string | undefined;
export function extract(): void;

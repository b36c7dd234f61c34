import { clsx, type ClassValue } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: {
    classGroups: {
      'font-size': [{ text: ['xs', 'sm', 'base', 'lg', 'xl', '2xl', '3xl'] }],
      shadow: [{ shadow: ['card', 'lift', 'float'] }],
    },
  },
});

/** Joins class names; of two that contradict each other, the later wins. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes));

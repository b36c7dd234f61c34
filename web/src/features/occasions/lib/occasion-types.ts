import type { Tone } from '@/components/ui/Badge';
import type { OccasionType } from '@/lib/api/types';

export const OCCASION_TYPES: Record<OccasionType, { label: string; tone: Tone }> = {
  holiday: { label: 'Holiday', tone: 'pine' },
  recurring: { label: 'Birthday or anniversary', tone: 'berry' },
  other: { label: 'Something else', tone: 'iris' },
};

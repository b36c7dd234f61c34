import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

import { Button } from '@/components/ui/Button';
import { TextField } from '@/components/ui/Field';
import { toastError } from '@/components/ui/Toast';

/** How long the button says that it has copied. */
const COPIED_MS = 2_500;

/** A text to take along, with a button that copies it. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    input.current?.select();
    if (await copySelected(value)) setCopied(true);
    else toastError('Copying is not allowed here. The link is selected: copy it by hand.');
  };

  return (
    <div className="flex items-end gap-2">
      <TextField
        ref={input}
        label={label}
        className="min-w-0 grow"
        readOnly
        value={value}
        onFocus={(event) => event.target.select()}
      />
      <Button look="secondary" className="w-28" onClick={() => void copy()}>
        {copied ? (
          <Check aria-hidden className="size-4 text-pine" />
        ) : (
          <Copy aria-hidden className="size-4" />
        )}
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  );
}

/** Copies `text`, which is selected too: over plain HTTP a page may only copy what is. */
async function copySelected(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}

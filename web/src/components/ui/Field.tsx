import { ChevronDown } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';

import { cn } from '@/lib/cn';

const CONTROL = cn(
  'w-full rounded-md border border-line-strong/60 bg-surface px-3.5 text-ink',
  // 16 px keeps phones from zooming into a focused field.
  'text-[1rem] sm:text-base transition-[border-color,box-shadow] duration-150',
  'hover:border-line-strong focus:border-ring focus:outline-2 focus:outline-offset-0 focus:outline-ring/40',
  'aria-invalid:border-danger disabled:opacity-60',
);

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
}

interface FieldShellProps extends FieldProps {
  children: (control: {
    id: string;
    'aria-invalid'?: true;
    'aria-describedby'?: string;
  }) => ReactNode;
}

function FieldShell({ label, hint, error, className, children }: FieldShellProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={cn('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children({
        id,
        ...(error && { 'aria-invalid': true }),
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
      })}
      {note && (
        <p
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={cn('text-sm', error ? 'text-danger' : 'text-faint')}
        >
          {note}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  error,
  className,
  ...input
}: FieldProps & ComponentProps<'input'>) {
  return (
    <FieldShell {...{ label, hint, ...(error && { error }), ...(className && { className }) }}>
      {(control) => <input {...input} {...control} className={cn(CONTROL, 'h-11')} />}
    </FieldShell>
  );
}

export function TextArea({
  label,
  hint,
  error,
  className,
  ...input
}: FieldProps & ComponentProps<'textarea'>) {
  return (
    <FieldShell {...{ label, hint, ...(error && { error }), ...(className && { className }) }}>
      {(control) => (
        <textarea
          rows={3}
          {...input}
          {...control}
          className={cn(CONTROL, 'field-sizing-content max-h-60 min-h-20 py-2.5')}
        />
      )}
    </FieldShell>
  );
}

export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  ...select
}: FieldProps & ComponentProps<'select'>) {
  return (
    <FieldShell {...{ label, hint, ...(error && { error }), ...(className && { className }) }}>
      {(control) => (
        <div className="relative">
          <select {...select} {...control} className={cn(CONTROL, 'h-11 appearance-none pr-9')}>
            {children}
          </select>
          <ChevronDown
            aria-hidden
            className="pointer-events-none absolute top-3.5 right-3 size-4 text-faint"
          />
        </div>
      )}
    </FieldShell>
  );
}

export function CheckField({
  label,
  hint,
  className,
  ...input
}: Omit<FieldProps, 'error'> & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className={cn('flex min-h-11 items-start gap-3', className)}>
      <input
        type="checkbox"
        {...input}
        id={id}
        aria-describedby={hint ? `${id}-note` : undefined}
        className="mt-0.5 size-5 shrink-0 accent-berry"
      />
      <div>
        <label htmlFor={id} className="text-base font-medium">
          {label}
        </label>
        {hint && (
          <p id={`${id}-note`} className="text-sm text-faint">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** What is wrong with a form as a whole. */
export function FormError({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <p role="alert" className="rounded-md bg-danger-soft px-3.5 py-2.5 text-sm text-danger">
      {children}
    </p>
  );
}

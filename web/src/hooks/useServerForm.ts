import { useState } from 'react';
import {
  useForm,
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormReturn,
} from 'react-hook-form';

import { ApiError, errorMessage } from '@/lib/api/problem';

export interface ServerForm<T extends FieldValues> extends UseFormReturn<T> {
  /** What the server said that no field is to blame for. */
  formError: string;
  /** Wraps what sends the form; its refusal appears at the fields, or as `formError`. */
  submit: (
    send: (values: T) => Promise<unknown>,
  ) => (event?: React.BaseSyntheticEvent) => Promise<void>;
  /** The message under a field. */
  error: (field: Path<T>) => string | undefined;
}

/**
 * A form whose rules live on the server: its answer blames fields by their JSON
 * names, which are the names of the form's fields too.
 */
export function useServerForm<T extends FieldValues>(
  defaultValues: DefaultValues<T>,
): ServerForm<T> {
  const form = useForm<T>({ defaultValues });
  const [formError, setFormError] = useState('');

  const refuse = (error: unknown) => {
    const byField = error instanceof ApiError ? error.fieldErrors() : {};
    const known = Object.entries(byField).filter(([field]) => field in form.getValues());
    known.forEach(([field, message], index) => {
      form.setError(field as Path<T>, { type: 'server', message }, { shouldFocus: index === 0 });
    });
    if (known.length === 0) setFormError(errorMessage(error));
  };

  return {
    ...form,
    formError,
    submit: (send) =>
      form.handleSubmit(async (values) => {
        setFormError('');
        try {
          await send(values);
        } catch (error) {
          refuse(error);
        }
      }),
    error: (field) => form.getFieldState(field, form.formState).error?.message,
  };
}

/** A rule for fields that must not stay empty. */
export const required = (message: string) => ({
  validate: (value: unknown) => (typeof value === 'string' && value.trim() !== '') || message,
});

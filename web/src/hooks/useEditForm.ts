import { useRef, useState } from 'react';
import type { DefaultValues, FieldValues, Path, PathValue } from 'react-hook-form';

import { newMutationId } from '@/lib/api/client';
import { ApiError, isApiError } from '@/lib/api/problem';
import { changedFields, withoutNulls, type WithoutNulls } from '@/lib/changed-fields';
import { useServerForm, type ServerForm } from '@/hooks/useServerForm';

interface Entity {
  id: string;
  version: number;
}

/** What a `PATCH` sends: the fields that were changed, and the version they were changed in. */
export type Patch<I> = Partial<I> & { version: number };

export interface EditFormOptions<E extends Entity, V extends FieldValues, I extends object> {
  /** What is edited; undefined for a new one. */
  entity: E | undefined;
  toValues: (entity: E | undefined) => V;
  toInput: (values: V) => I;
  create: (input: WithoutNulls<I>, mutationId: string) => Promise<E>;
  update: (id: string, patch: Patch<I>, mutationId: string) => Promise<E>;
}

export interface EditForm<V extends FieldValues> extends ServerForm<V> {
  /** Creates the entity, or changes what differs from it. */
  save: (values: V) => Promise<void>;
}

const CHANGED_MEANWHILE =
  'Somebody else changed this meanwhile. What you typed is kept: look it over and save again.';

/**
 * A form that creates or changes one entity. It sends only what was changed; if
 * somebody else was faster, it takes over their other changes and says so.
 */
export function useEditForm<E extends Entity, V extends FieldValues, I extends object>(
  options: EditFormOptions<E, V, I>,
): EditForm<V> {
  const { toValues, toInput, create, update } = options;
  const [base, setBase] = useState(options.entity);
  const form = useServerForm(toValues(base) as DefaultValues<V>);
  const mutationIdOf = useMutationIdOf();

  const rebase = (before: E, current: E, typed: V) => {
    const mine = changedFields(toValues(before), typed);
    setBase(current);
    form.reset(toValues(current));
    for (const [field, value] of Object.entries(mine)) {
      form.setValue(field as Path<V>, value as PathValue<V, Path<V>>, { shouldDirty: true });
    }
  };

  const save = async (values: V) => {
    const input = toInput(values);
    if (!base) {
      const fresh = withoutNulls(input);
      await create(fresh, mutationIdOf(fresh));
      return;
    }
    const changes = changedFields(toInput(toValues(base)), input);
    if (Object.keys(changes).length === 0) return;
    const patch = { ...changes, version: base.version };
    try {
      await update(base.id, patch, mutationIdOf(patch));
    } catch (error) {
      if (!isApiError(error, 'conflict') || !error.current) throw error;
      rebase(base, error.current as E, values);
      throw new ApiError(error.status, { code: error.code, detail: CHANGED_MEANWHILE });
    }
  };

  return { ...form, save };
}

/** An id per write that stays the same while the very same write is tried again. */
function useMutationIdOf(): (request: unknown) => string {
  const last = useRef({ request: '', id: '' });
  return (request) => {
    const text = JSON.stringify(request);
    if (last.current.request !== text) last.current = { request: text, id: newMutationId() };
    return last.current.id;
  };
}

import { useQuery } from '@tanstack/react-query';

import { CheckField, SelectField, TextArea, TextField } from '@/components/ui/Field';
import { FormDialog } from '@/components/ui/FormDialog';
import { occasionsQuery, peopleQuery } from '@/lib/api/queries';
import type { List, ListType, Visibility } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { useEditForm } from '@/hooks/useEditForm';
import { required } from '@/hooks/useServerForm';

import { useSaveList } from '../api/save-list';
import { LIST_TYPES } from '../list-types';

export interface ListDialogProps {
  /** The list to edit; undefined makes a new one. */
  list?: List;
  onClose: () => void;
  onSaved?: (list: List) => void;
}

interface ListValues {
  name: string;
  type: ListType;
  person_id: string;
  occasion_id: string;
  visibility: Visibility;
  hidden_from_person: boolean;
  description: string;
}

const toValues = (list: List | undefined): ListValues => ({
  name: list?.name ?? '',
  type: list?.type ?? 'ideas',
  person_id: list?.person_id ?? '',
  occasion_id: list?.occasion_id ?? '',
  visibility: list?.visibility ?? 'family',
  hidden_from_person: list?.hidden_from_person ?? true,
  description: list?.description ?? '',
});

const toInput = (values: ListValues) => ({
  ...values,
  person_id: values.person_id || null,
  occasion_id: values.occasion_id || null,
});

/** Makes a list, or changes one. Rendered while it is open. */
export function ListDialog({ list, onClose, onSaved }: ListDialogProps) {
  const { user } = useMe();
  const people = useQuery(peopleQuery()).data ?? [];
  const occasions = useQuery(occasionsQuery()).data ?? [];
  const { create, update } = useSaveList();
  const form = useEditForm({
    entity: list,
    toValues,
    toInput: (values: ListValues) => ({
      ...toInput(values),
      hidden_from_person: canHideFrom(values.person_id) && values.hidden_from_person,
    }),
    create: async (input, mutationId) => {
      const created = await create(input, mutationId);
      onSaved?.(created);
      return created;
    },
    update,
  });
  const [personId, type] = form.watch(['person_id', 'type']);
  const about = people.find(({ id }) => id === personId);

  // A list cannot be hidden from the one who keeps it.
  function canHideFrom(id: string): boolean {
    return id !== '' && id !== user.person_id;
  }

  return (
    <FormDialog
      title={list ? 'Edit list' : 'New list'}
      form={form}
      first="name"
      action={list ? 'Save' : 'Create list'}
      done={({ name }) => (list ? `Saved ${name}` : `Created ${name}`)}
      onClose={onClose}
    >
      <TextField
        label="Name"
        maxLength={200}
        placeholder={about ? `Ideas for ${about.name}` : 'Christmas'}
        error={form.error('name')}
        {...form.register('name', required('Give the list a name.'))}
      />
      <SelectField
        label="Kind"
        hint={LIST_TYPES[type].hint}
        error={form.error('type')}
        {...form.register('type')}
      >
        {Object.entries(LIST_TYPES).map(([value, { label }]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <div className="grid gap-4 sm:grid-cols-2">
        {/* Options come after the form: without a key the choice would be lost. */}
        <SelectField
          key={`people-${people.length}`}
          label="About"
          {...(!about && type !== 'wishlist' && { hint: 'Each card says whom it is for.' })}
          error={form.error('person_id')}
          {...form.register('person_id')}
        >
          <option value="">{type === 'wishlist' ? 'Me' : 'Nobody in particular'}</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          key={`occasions-${occasions.length}`}
          label="Occasion"
          error={form.error('occasion_id')}
          {...form.register('occasion_id')}
        >
          <option value="">None</option>
          {occasions.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <SelectField
        label="Who can see it"
        error={form.error('visibility')}
        {...form.register('visibility')}
      >
        <option value="family">The whole family</option>
        <option value="private">Only me</option>
      </SelectField>
      {about && canHideFrom(about.id) && (
        <CheckField
          label="Hide it from them"
          hint={`${about.name} will not learn that this list exists.`}
          {...form.register('hidden_from_person')}
        />
      )}
      {(about?.id === user.person_id || (type === 'wishlist' && !about)) && (
        <p className="rounded-md bg-iris-soft px-3.5 py-2.5 text-sm text-iris">
          A list about you shows you the wishes only, so that the others can plan in secret.
        </p>
      )}
      <TextArea
        label="Description"
        error={form.error('description')}
        {...form.register('description')}
      />
    </FormDialog>
  );
}

import { useController } from 'react-hook-form';

import { TextArea, TextField } from '@/components/ui/Field';
import { FormDialog, type Removal } from '@/components/ui/FormDialog';
import type { Person } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { useEditForm, type EditForm } from '@/hooks/useEditForm';
import { required } from '@/hooks/useServerForm';

import { useCreatePerson } from '../api/create-person';
import { useDeletePerson } from '../api/delete-person';
import { useUpdatePerson } from '../api/update-person';
import { personFields, personValues, sizesProblem, type PersonValues } from '../lib/person-values';
import { ColorField } from './ColorField';
import { SizesField } from './SizesField';
import { TagField } from './TagField';

export interface PersonDialogProps {
  /** The person; undefined for a new one. */
  person?: Person | undefined;
  onClose: () => void;
}

export function PersonDialog({ person, onClose }: PersonDialogProps) {
  const { user } = useMe();
  const { mutateAsync: create } = useCreatePerson();
  const { mutateAsync: update } = useUpdatePerson();
  const form = useEditForm({
    entity: person,
    toValues: personValues,
    toInput: personFields,
    create: (input, mutationId) => create({ input, mutationId }),
    update: (id, patch, mutationId) => update({ id, patch, mutationId }),
  });
  const removal = useRemoval(person);
  const isMe = person !== undefined && person.id === user.person_id;
  return (
    <FormDialog
      title={person ? person.name : 'Add a person'}
      form={form}
      first="name"
      action={person ? 'Save' : 'Add person'}
      done={({ name }) => (person ? `Saved ${name}` : `Added ${name}`)}
      removal={removal}
      onClose={onClose}
    >
      <PersonFieldset form={form} isMe={isMe} />
    </FormDialog>
  );
}

/** Somebody with an account cannot be deleted. */
function useRemoval(person: Person | undefined): Removal | undefined {
  const { mutateAsync: remove } = useDeletePerson();
  if (!person || person.user_id) return undefined;
  return {
    label: 'Delete person',
    title: `Delete ${person.name}?`,
    body: 'What you know about them goes. While there are lists about them, they stay.',
    run: () => remove(person.id),
    done: `Deleted ${person.name}`,
  };
}

interface PersonFieldsetProps {
  form: EditForm<PersonValues>;
  /** The reader's own person: others keep notes on them, they do not. */
  isMe: boolean;
}

function PersonFieldset({ form, isMe }: PersonFieldsetProps) {
  const { control, register, error } = form;
  const interests = useController({ control, name: 'interests' }).field;
  const constraints = useController({ control, name: 'constraints' }).field;
  const color = useController({ control, name: 'color' }).field;
  const sizes = useController({
    control,
    name: 'sizes',
    rules: { validate: (rows) => sizesProblem(rows) ?? true },
  }).field;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          maxLength={200}
          autoComplete="off"
          error={error('name')}
          {...register('name', required('What are they called?'))}
        />
        <TextField
          label="Relationship"
          placeholder="Daughter, grandpa, neighbour"
          maxLength={100}
          autoComplete="off"
          error={error('relationship')}
          {...register('relationship')}
        />
        <TextField
          label="Birthday"
          type="date"
          error={error('birthdate')}
          {...register('birthdate')}
        />
        <TextField
          label="Anniversary"
          type="date"
          error={error('anniversary')}
          {...register('anniversary')}
        />
      </div>
      <TagField
        label="Interests"
        hint="Enter or a comma adds one."
        placeholder="Lego, horses, baking"
        error={error('interests')}
        value={interests.value}
        onChange={interests.onChange}
      />
      <TagField
        label="Rather not"
        hint="Allergies, dislikes, what they have enough of."
        placeholder="Nuts, plastic toys"
        error={error('constraints')}
        value={constraints.value}
        onChange={constraints.onChange}
      />
      <SizesField error={error('sizes')} value={sizes.value} onChange={sizes.onChange} />
      {!isMe && (
        <TextArea
          label="Notes"
          hint="They do not see these, even with an account of their own."
          maxLength={10_000}
          error={error('notes')}
          {...register('notes')}
        />
      )}
      <TextField
        label="Picture"
        type="url"
        inputMode="url"
        placeholder="https://"
        hint="The address of a picture on the web."
        maxLength={2000}
        autoComplete="off"
        error={error('photo_url')}
        {...register('photo_url')}
      />
      <ColorField value={color.value} onChange={color.onChange} />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useController, useWatch } from 'react-hook-form';

import { CheckField, SelectField, TextArea, TextField } from '@/components/ui/Field';
import { FormDialog, type Removal } from '@/components/ui/FormDialog';
import { MoneyField, moneyRule } from '@/components/ui/MoneyField';
import { peopleQuery } from '@/lib/api/queries';
import type { Occasion } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { useEditForm, type EditForm } from '@/hooks/useEditForm';
import { required } from '@/hooks/useServerForm';

import { useCreateOccasion } from '../api/create-occasion';
import { useDeleteOccasion } from '../api/delete-occasion';
import { useUpdateOccasion } from '../api/update-occasion';
import { OCCASION_TYPES } from '../lib/occasion-types';
import {
  budgetsProblem,
  currencyOf,
  isAlone,
  occasionFields,
  occasionValues,
  type OccasionValues,
} from '../lib/occasion-values';
import { GuestsField } from './GuestsField';

export interface OccasionDialogProps {
  /** What is edited; undefined for a new one. */
  occasion?: Occasion | undefined;
  onClose: () => void;
}

export function OccasionDialog({ occasion, onClose }: OccasionDialogProps) {
  const { user, family } = useMe();
  const { mutateAsync: create } = useCreateOccasion();
  const { mutateAsync: update } = useUpdateOccasion();
  const removal = useRemoval(occasion);
  const currency = currencyOf(occasion, family.currency);
  const form = useEditForm({
    entity: occasion,
    toValues: (entity) => occasionValues(entity, family.currency),
    toInput: (values: OccasionValues) => occasionFields(values, currency, user.person_id),
    create: (input, mutationId) => create({ input, mutationId }),
    update: (id, patch, mutationId) => update({ id, patch, mutationId }),
  });
  return (
    <FormDialog
      title={occasion ? occasion.name : 'Add an occasion'}
      form={form}
      first="name"
      action={occasion ? 'Save' : 'Add occasion'}
      done={({ name }) => (occasion ? `Saved ${name}` : `Added ${name}`)}
      removal={removal}
      onClose={onClose}
    >
      <OccasionFieldset form={form} currency={currency} />
    </FormDialog>
  );
}

function useRemoval(occasion: Occasion | undefined): Removal | undefined {
  const { mutateAsync: remove } = useDeleteOccasion();
  if (!occasion) return undefined;
  return {
    label: 'Delete occasion',
    title: `Delete ${occasion.name}?`,
    body: 'The day and its budgets are deleted. Lists for it stay, with all their gifts.',
    run: () => remove(occasion.id),
    done: `Deleted ${occasion.name}`,
  };
}

interface OccasionFieldsetProps {
  form: EditForm<OccasionValues>;
  currency: string;
}

function OccasionFieldset({ form, currency }: OccasionFieldsetProps) {
  const { user, family } = useMe();
  const { data: people = [] } = useQuery(peopleQuery());
  const { control, register, error } = form;
  const guests = useController({
    control,
    name: 'people',
    rules: { validate: (value) => budgetsProblem(value) ?? true },
  }).field;
  const type = useWatch({ control, name: 'type' });
  return (
    <>
      <TextField
        label="Name"
        placeholder="Christmas"
        maxLength={200}
        autoComplete="off"
        error={error('name')}
        {...register('name', required('What is it called?'))}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Day"
          type="date"
          error={error('date')}
          {...register('date', required('When is it?'))}
        />
        <SelectField label="Kind" error={error('type')} {...register('type')}>
          {Object.entries(OCCASION_TYPES).map(([value, { label }]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      </div>
      {type !== 'recurring' && (
        <CheckField label="Comes round every year" {...register('recurrence_rule')} />
      )}
      <GuestsField
        people={people}
        me={user.person_id}
        currency={family.currency}
        error={error('people')}
        value={guests.value}
        onChange={guests.onChange}
      />
      {isAlone(guests.value, user.person_id) ? (
        <p className="rounded-md bg-iris-soft px-3.5 py-2.5 text-sm text-iris">
          The others set the budget for you, and keep it secret.
        </p>
      ) : (
        <MoneyField
          label="Budget in all"
          currency={currency}
          placeholder="No limit"
          error={error('budget_total')}
          {...register('budget_total', moneyRule(currency))}
        />
      )}
      <TextArea
        label="Description"
        maxLength={10_000}
        error={error('description')}
        {...register('description')}
      />
    </>
  );
}

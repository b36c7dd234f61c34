import { useQuery } from '@tanstack/react-query';
import { useController, useWatch } from 'react-hook-form';

import { SelectField, TextArea, TextField } from '@/components/ui/Field';
import { GiftPicture } from '@/components/ui/GiftPicture';
import { MoneyField, moneyRule } from '@/components/ui/MoneyField';
import { PeoplePicker } from '@/components/ui/PeoplePicker';
import { peopleQuery } from '@/lib/api/queries';
import { useMe } from '@/lib/context/AuthContext';
import type { EditForm } from '@/hooks/useEditForm';
import { required } from '@/hooks/useServerForm';

import { linksProblem, quantityRule, type Currencies, type GiftValues } from '../lib/gift-values';
import { LinksField } from './LinksField';

export interface GiftFieldsetProps {
  form: EditForm<GiftValues>;
  /** The gift's id, which decides what its wrapping looks like. */
  id: string;
  currencies: Currencies;
}

/** Everything about a gift. */
export function GiftFieldset(props: GiftFieldsetProps) {
  return (
    <>
      <WhatItIs {...props} />
      <WhatItCosts {...props} />
      <WhatElse {...props} />
    </>
  );
}

function WhatItIs({ form: { control, register, error }, id }: GiftFieldsetProps) {
  const [name, image_url] = useWatch({ control, name: ['name', 'image_url'] });
  return (
    <>
      <TextField
        label="Name"
        placeholder="Lego train"
        maxLength={200}
        autoComplete="off"
        error={error('name')}
        {...register('name', required('What is it?'))}
      />
      <TextField
        label="Link"
        type="url"
        inputMode="url"
        placeholder="https://"
        maxLength={2000}
        autoComplete="off"
        error={error('url')}
        {...register('url')}
      />
      <div className="flex gap-4">
        <GiftPicture gift={{ id, name, image_url }} className="size-18 shrink-0 rounded-md" />
        <TextField
          label="Picture"
          className="grow"
          type="url"
          inputMode="url"
          placeholder="https://"
          hint="The address of a picture on the web."
          maxLength={2000}
          autoComplete="off"
          error={error('image_url')}
          {...register('image_url')}
        />
      </div>
    </>
  );
}

const WhatItCosts = ({ form: { register, error }, currencies }: GiftFieldsetProps) => (
  <div className="grid grid-cols-2 gap-4">
    <MoneyField
      label="Price"
      currency={currencies.price}
      error={error('price')}
      {...register('price', moneyRule(currencies.price))}
    />
    <MoneyField
      label="On sale"
      currency={currencies.sale_price}
      error={error('sale_price')}
      {...register('sale_price', moneyRule(currencies.sale_price))}
    />
    <TextField
      label="How many"
      inputMode="numeric"
      autoComplete="off"
      error={error('quantity')}
      {...register('quantity', quantityRule)}
    />
    <SelectField label="Priority" error={error('priority')} {...register('priority')}>
      <option value="high">High</option>
      <option value="medium">Medium</option>
      <option value="low">Low</option>
    </SelectField>
  </div>
);

function WhatElse({ form: { control, register, error } }: GiftFieldsetProps) {
  const { user: me } = useMe();
  const { data: people = [] } = useQuery(peopleQuery());
  // Nobody says, or reads, that something would suit themselves.
  const others = people.filter(({ user_id }) => user_id !== me.id);
  const suits = useController({ control, name: 'person_ids' }).field;
  const links = useController({
    control,
    name: 'additional_links',
    rules: { validate: (value) => linksProblem(value) ?? true },
  }).field;
  return (
    <>
      {others.length > 0 && (
        <PeoplePicker
          legend="Whom would it suit?"
          error={error('person_ids')}
          people={others}
          value={suits.value}
          onChange={suits.onChange}
        />
      )}
      <TextArea
        label="Description"
        maxLength={10_000}
        error={error('description')}
        {...register('description')}
      />
      <TextField
        label="Seen where"
        placeholder="A catalogue, a friend, a shop window"
        maxLength={200}
        autoComplete="off"
        error={error('source')}
        {...register('source')}
      />
      <LinksField error={error('additional_links')} value={links.value} onChange={links.onChange} />
      <TextArea
        label="Notes"
        hint="Everybody who sees the gift can read them, its wisher too."
        maxLength={10_000}
        error={error('notes')}
        {...register('notes')}
      />
    </>
  );
}

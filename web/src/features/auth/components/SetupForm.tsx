import { Button } from '@/components/ui/Button';
import { FormError, SelectField, TextField } from '@/components/ui/Field';
import { useAuth } from '@/lib/context/AuthContext';
import { required, useServerForm, type ServerForm } from '@/hooks/useServerForm';

import { AccountFields, type AccountValues } from './AccountFields';

const CURRENCIES = [
  'EUR',
  'USD',
  'GBP',
  'CHF',
  'CAD',
  'AUD',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'JPY',
];

/** The currency most likely wanted, by the region of the browser's language. */
function likelyCurrency(locale = navigator.language): string {
  const byRegion: Record<string, string> = {
    US: 'USD',
    GB: 'GBP',
    CH: 'CHF',
    CA: 'CAD',
    AU: 'AUD',
    SE: 'SEK',
    NO: 'NOK',
    DK: 'DKK',
    PL: 'PLN',
    CZ: 'CZK',
    JP: 'JPY',
  };
  return byRegion[locale.split('-')[1] ?? ''] ?? 'EUR';
}

interface SetupValues extends AccountValues {
  family_name: string;
  currency: string;
}

export function SetupForm({ token }: { token: string }) {
  const { setup } = useAuth();
  const form = useServerForm<SetupValues>({
    family_name: '',
    currency: likelyCurrency(),
    name: '',
    email: '',
    password: '',
  });
  return (
    <form
      noValidate
      onSubmit={form.submit((values) => setup({ token, ...values }))}
      className="flex flex-col gap-4"
    >
      <FormError>{form.formError}</FormError>
      <div className="grid grid-cols-[1fr_6.5rem] gap-3">
        <TextField
          label="Family name"
          autoFocus
          maxLength={200}
          placeholder="The Winters"
          error={form.error('family_name')}
          {...form.register('family_name', required('What is your family called?'))}
        />
        <SelectField label="Currency" error={form.error('currency')} {...form.register('currency')}>
          {CURRENCIES.map((code) => (
            <option key={code}>{code}</option>
          ))}
        </SelectField>
      </div>
      <AccountFields form={form as unknown as ServerForm<AccountValues>} />
      <Button type="submit" busy={form.formState.isSubmitting} className="mt-2">
        Create our dashboard
      </Button>
    </form>
  );
}

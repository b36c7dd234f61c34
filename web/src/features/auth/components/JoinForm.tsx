import { Button } from '@/components/ui/Button';
import { FormError } from '@/components/ui/Field';
import { useAuth } from '@/lib/context/AuthContext';
import { useServerForm } from '@/hooks/useServerForm';

import { AccountFields, type AccountValues } from './AccountFields';

export function JoinForm({ invite, name }: { invite: string; name: string }) {
  const { register } = useAuth();
  const form = useServerForm<AccountValues>({ name, email: '', password: '' });
  return (
    <form
      noValidate
      onSubmit={form.submit((values) => register({ invite, ...values }))}
      className="flex flex-col gap-4"
    >
      <FormError>{form.formError}</FormError>
      <AccountFields form={form} />
      <Button type="submit" busy={form.formState.isSubmitting} className="mt-2">
        Join
      </Button>
    </form>
  );
}

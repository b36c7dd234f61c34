import { Button } from '@/components/ui/Button';
import { FormError, TextField } from '@/components/ui/Field';
import { useAuth } from '@/lib/context/AuthContext';
import { required, useServerForm } from '@/hooks/useServerForm';

export function LoginForm() {
  const { login } = useAuth();
  const form = useServerForm({ email: '', password: '' });
  return (
    <form
      noValidate
      onSubmit={form.submit(({ email, password }) => login(email, password))}
      className="flex flex-col gap-4"
    >
      <FormError>{form.formError}</FormError>
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        autoFocus
        error={form.error('email')}
        {...form.register('email', required('Your email, please.'))}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        error={form.error('password')}
        {...form.register('password', required('Your password, please.'))}
      />
      <Button type="submit" busy={form.formState.isSubmitting} className="mt-2">
        Log in
      </Button>
    </form>
  );
}

import { TextField } from '@/components/ui/Field';
import { required, type ServerForm } from '@/hooks/useServerForm';

/** The shortest password the server takes. */
const MIN_PASSWORD = 10;

export interface AccountValues {
  name: string;
  email: string;
  password: string;
}

/** Name, email and password of a new account; part of a larger form. */
export function AccountFields({ form }: { form: ServerForm<AccountValues> }) {
  return (
    <>
      <TextField
        label="Your name"
        autoComplete="name"
        maxLength={200}
        error={form.error('name')}
        {...form.register('name', required('What shall the others call you?'))}
      />
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        hint="Only for logging in. Nothing is sent to it."
        error={form.error('email')}
        {...form.register('email', required('Your email, please.'))}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${MIN_PASSWORD} characters.`}
        error={form.error('password')}
        {...form.register('password', {
          minLength: {
            value: MIN_PASSWORD,
            message: `A password needs at least ${MIN_PASSWORD} characters.`,
          },
          ...required('Choose a password.'),
        })}
      />
    </>
  );
}

import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { FieldValues, Path } from 'react-hook-form';

import { errorMessage } from '@/lib/api/problem';
import type { EditForm } from '@/hooks/useEditForm';

import { Button } from './Button';
import { Confirm } from './Confirm';
import { Dialog, DialogActions } from './Dialog';
import { useDiscard } from '@/hooks/useDiscard';
import { FormError } from './Field';
import { toast, toastError } from './Toast';

export interface Removal {
  /** The button in the form, for example "Delete person". */
  label: string;
  /** The question. */
  title: string;
  /** What else goes, and what stays. */
  body: string;
  run: () => Promise<unknown>;
  /** The message after it was deleted. */
  done: string;
}

export interface FormDialogProps<V extends FieldValues> {
  title: string;
  description?: string;
  form: EditForm<V>;
  /** The field to start in. */
  first: Path<V>;
  /** The button that saves. */
  action: string;
  /** The message after it was saved. */
  done: (values: V) => string;
  /** Offers to delete what is edited. */
  removal?: Removal | undefined;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that edits one thing: saves it, deletes it, and loses nothing typed without asking. */
export function FormDialog<V extends FieldValues>(props: FormDialogProps<V>) {
  const { title, description, form, action, done, removal, onClose, children } = props;
  const { isDirty, isSubmitting, submitCount } = form.formState;
  const element = useRef<HTMLFormElement>(null);
  const [isRemoving, setRemoving] = useState(false);
  const { leave, question } = useDiscard(isDirty || isSubmitting, onClose);
  useEffect(() => {
    if (submitCount > 0 && !isSubmitting) focusProblem(element.current);
  }, [submitCount, isSubmitting]);

  const submit = form.submit(async (values) => {
    await form.save(values);
    toast(done(values));
    onClose();
  });

  return (
    <Dialog open onOpenChange={leave} title={title} {...(description && { description })}>
      <form
        ref={element}
        noValidate
        onSubmit={(event) => void submit(event)}
        className="flex grow flex-col gap-6"
      >
        <FocusFirst form={form} field={props.first} />
        <div className="flex flex-col gap-4 pt-1">{children}</div>
        <DialogActions>
          <div className="basis-full empty:hidden">
            <FormError>{form.formError}</FormError>
          </div>
          {removal && (
            <Button look="danger" className="mr-auto -ml-3" onClick={() => setRemoving(true)}>
              {removal.label}
            </Button>
          )}
          <Button look="quiet" onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" busy={isSubmitting}>
            {action}
          </Button>
        </DialogActions>
      </form>
      {question}
      {removal && isRemoving && (
        <ConfirmRemoval removal={removal} onKeep={() => setRemoving(false)} onGone={onClose} />
      )}
    </Dialog>
  );
}

/** The form was refused: goes to the first thing that is wrong, or to where one tries again. */
function focusProblem(form: HTMLFormElement | null): void {
  const alert = form?.querySelector('[role="alert"]');
  const group = alert?.closest('fieldset') ?? alert?.parentElement;
  const control =
    group?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
    group?.querySelector<HTMLElement>('input, textarea, select') ??
    form?.querySelector<HTMLElement>('[type="submit"]');
  control?.focus();
}

interface ConfirmRemovalProps {
  removal: Removal;
  onKeep: () => void;
  onGone: () => void;
}

function ConfirmRemoval({ removal, onKeep, onGone }: ConfirmRemovalProps) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await removal.run();
      toast(removal.done);
      onGone();
    } catch (error) {
      toastError(errorMessage(error));
      onKeep();
    }
  };
  return (
    <Confirm
      open
      onOpenChange={onKeep}
      title={removal.title}
      body={removal.body}
      action={removal.label}
      busy={busy}
      onConfirm={() => void remove()}
    />
  );
}

/** Puts the cursor into a field; not where that would open a keyboard over the form. */
function FocusFirst<V extends FieldValues>({ form, field }: { form: EditForm<V>; field: Path<V> }) {
  const { setFocus } = form;
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) setFocus(field);
  }, [setFocus, field]);
  return null;
}

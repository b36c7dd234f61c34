import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, Ellipsis, EyeOff, Lock, Pencil, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Confirm } from '@/components/ui/Confirm';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/Menu';
import { toast, toastError } from '@/components/ui/Toast';
import { occasionsQuery, peopleQuery } from '@/lib/api/queries';
import { errorMessage } from '@/lib/api/problem';
import type { List } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { daysUntil, describeDays } from '@/lib/dates';

import { useDeleteList } from '../api/delete-list';
import { ListDialog } from './ListDialog';

export interface ListHeaderProps {
  list: List;
  /** What one can do here, beside the list's own menu. */
  actions?: ReactNode;
  /** A line under the title, for example how far the list is. */
  summary?: ReactNode;
}

/** The head of a list's page: its name, person, occasion and visibility. */
export function ListHeader({ list, actions, summary }: ListHeaderProps) {
  const person = useQuery(peopleQuery()).data?.find(({ id }) => id === list.person_id);
  const occasion = useQuery(occasionsQuery()).data?.find(({ id }) => id === list.occasion_id);
  const next = occasion?.next_occurrence;
  return (
    <header className="max-md:mb-2.5">
      <title>{`${list.name} · Tidings`}</title>
      <div className="flex items-center gap-1 sm:gap-2">
        <Link
          to="/lists"
          aria-label="All lists"
          className="-ml-3 grid size-11 shrink-0 place-items-center rounded-sm text-soft hover:bg-sunken sm:-ml-2 sm:size-9"
        >
          <ArrowLeft aria-hidden className="size-5" />
        </Link>
        <h1 className="min-w-0 grow truncate text-xl sm:text-2xl">{list.name}</h1>
        {actions}
        <ListMenu list={list} />
      </div>
      <div className="mt-0.5 flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft sm:ml-9">
        {list.hidden_from_person && person && (
          <Badge tone="berry">
            <EyeOff aria-hidden className="size-3.5" /> {`Hidden from ${person.name}`}
          </Badge>
        )}
        {list.visibility === 'private' && (
          <Badge>
            <Lock aria-hidden className="size-3.5" /> Only you
          </Badge>
        )}
        {occasion && (
          <span>
            {occasion.name}
            {next && ` ${describeDays(daysUntil(next))}`}
          </span>
        )}
        {summary}
      </div>
    </header>
  );
}

function ListMenu({ list }: { list: List }) {
  const { user } = useMe();
  const navigate = useNavigate();
  const remove = useDeleteList();
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  if (list.owner_id !== user.id && !(user.admin && list.access === 'planner')) return null;

  const confirmDelete = () =>
    remove.mutate(list.id, {
      onSuccess: () => {
        toast(`Deleted ${list.name}`);
        void navigate({ to: '/lists' });
      },
      onError: (error) => toastError(errorMessage(error)),
    });

  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button look="quiet" size="icon" aria-label="List menu">
            <Ellipsis aria-hidden className="size-5" />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => setDialog('edit')}>
            <Pencil aria-hidden className="size-4" /> Edit list
          </MenuItem>
          <MenuItem danger onSelect={() => setDialog('delete')}>
            <Trash2 aria-hidden className="size-4" /> Delete list
          </MenuItem>
        </MenuContent>
      </Menu>
      {dialog === 'edit' && <ListDialog list={list} onClose={() => setDialog(null)} />}
      <Confirm
        open={dialog === 'delete'}
        onOpenChange={() => setDialog(null)}
        title={`Delete ${list.name}?`}
        body="Its board goes with it, for everybody. Others may have cards on it that you do not see: those go, too. The gifts stay among your gifts."
        action="Delete list"
        busy={remove.isPending}
        onConfirm={confirmDelete}
      />
    </>
  );
}

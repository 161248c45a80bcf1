import { NativeSelect, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { chainQuery, chainsQuery } from '../api/queries.ts';
import { Empty, ProblemView } from '../parts/problem-view.tsx';
import { InputForm } from './input-form.tsx';
import css from './new-page.module.css';

/** Paste a ticket, or fill in the input of any chain. */
export function NewPage() {
  const [params, setParams] = useSearchParams();
  const chains = useQuery(chainsQuery());
  const names = (chains.data ?? []).map(({ name }) => name);
  const wanted = params.get('chain') ?? '';
  const name = names.includes(wanted) ? wanted : names.includes('support-reply') ? 'support-reply' : (names[0] ?? '');
  const chain = useQuery(chainQuery(name));
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>New ticket</h1>
        <p className="quiet">
          It runs through the chain like any other: searched, drafted, checked, and shown to a person where the chain asks for one.
        </p>
      </div>
      {chains.isError && <ProblemView error={chains.error} retry={() => void chains.refetch()} />}
      {chains.isSuccess && names.length === 0 && (
        <Empty title="No chain is set up">
          <p>Add one to trimtab.config.ts; the guide to chains says how.</p>
        </Empty>
      )}
      {names.length > 0 && (
        <NativeSelect
          label="Chain"
          data={names}
          value={name}
          onChange={(event) => setParams({ chain: event.currentTarget.value }, { replace: true })}
        />
      )}
      {(chains.isPending || (name !== '' && chain.isPending)) && (
        <div aria-busy="true">
          <Skeleton height={36} mb={16} />
          <Skeleton height={36} mb={16} />
          <Skeleton height={180} />
        </div>
      )}
      {chain.isError && <ProblemView error={chain.error} retry={() => void chain.refetch()} />}
      {chain.data && <InputForm key={name} chain={name} schema={chain.data.input} />}
    </div>
  );
}

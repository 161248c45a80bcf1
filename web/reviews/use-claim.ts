import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { claimReview, releaseReview } from '../api/calls.ts';
import { problemOf, type Problem } from '../api/problem.ts';
import type { Review } from '../api/shapes.ts';

/** A claim lasts ten minutes. */
const renewMs = 4 * 60_000;

/** Hold the review while it is edited here, so that others see it. Returns why it could not be held, if so. */
export function useClaim(id: string, editing: boolean): Problem | null {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!editing) return;
    let held = false;
    let left = false;
    const take = async (): Promise<void> => {
      try {
        const { claimed_by, claimed_until } = await claimReview(id);
        held = true;
        setProblem(null);
        if (left) await releaseReview(id);
        else queries.setQueryData<Review>(['review', id], (old) => (old ? { ...old, claimed_by, claimed_until } : old));
      } catch (error) {
        if (!left) setProblem(problemOf(error));
      }
    };
    const release = (): void => {
      if (held) releaseReview(id).catch(() => undefined);
      held = false;
    };
    take().catch(() => undefined);
    const renewing = setInterval(() => void take(), renewMs);
    window.addEventListener('pagehide', release);
    return () => {
      left = true;
      clearInterval(renewing);
      window.removeEventListener('pagehide', release);
      setProblem(null);
      release();
    };
  }, [id, editing, queries]);
  return problem;
}

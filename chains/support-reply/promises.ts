/**
 * What a reply never promises. The policy behind it is runtime/demo/data/internal/what-we-never-promise.md: no certain
 * dates, no money before the case was checked, no word that a damaged appliance is safe, no admission of liability.
 */
export const promises: readonly RegExp[] = [
  /\b(we|i)('ll| will)? guarantee\b|\bguaranteed (delivery|to arrive)\b/i,
  /\bwill (definitely|certainly|for sure) (arrive|be delivered|be refunded)\b/i,
  /\b(your|the|a) (full )?refund (of [^.]{1,40} )?(has been|is|was) (approved|confirmed|granted)\b/i,
  /\b(we|i) (have|'ve) (approved|issued|granted|processed) (your|the|a) (full )?(refund|credit|compensation)\b/i,
  /\b(is|are) (completely |perfectly |still )?safe to (use|drink)\b/i,
  /\b(it|this) (was|is) (entirely |all )?our fault\b|\bwe (are|accept) (liable|liability)\b/i,
  /\bwir garantieren\b|\bIhre Erstattung (wurde|ist) (genehmigt|bestätigt)\b/i,
];

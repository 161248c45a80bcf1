import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver } from '@mantine/core';

const petrol = ['#e8f4f7', '#d3e8ed', '#a6d3dd', '#84d3e4', '#6cc9dc', '#3d9db2', '#1f7d92', '#0f5f73', '#0b4d5e', '#073a48'] as const;

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol },
  // Mantine's own choice of the text on a filled button looks at the light shade only: white on pale blue in the dark.
  variantColorResolver: (input) =>
    input.variant === 'filled'
      ? { ...defaultVariantColorsResolver(input), background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--on-accent)' }
      : defaultVariantColorsResolver(input),
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: { Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 60 } } } },
});

/** Mantine reads our tokens, so that both speak the same colours. Its own dimmed, yellow and green fail WCAG contrast. */
const tokens = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--muted)',
  '--mantine-color-placeholder': 'var(--muted)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--edge)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens });

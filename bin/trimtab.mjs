#!/usr/bin/env node
import './needs-node.mjs';
// Not with the others: an older Node would fail at what it does not know before it is told so.
import('./start.mjs');

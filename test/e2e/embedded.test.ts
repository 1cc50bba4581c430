import { everyMode } from './suites/every-mode.ts';

everyMode('embedded');

/** The same agent, dialling in to the platform at SKEIN_API_URL. */
import { work } from '@skein/sdk';
import { echo } from './echo.ts';

const worker = work(echo, { api: process.env['SKEIN_API_URL'] || 'http://127.0.0.1:8080' });
await worker.registered;
process.stdout.write(`READY ${worker.workerId}\n`);

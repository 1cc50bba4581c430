/** The agent, called: it listens on HOST and PORT and says where. */
import { serve } from '@skein/sdk';
import { echo } from './echo.ts';

const { address } = await serve(echo, {
  host: process.env['HOST'] || '127.0.0.1',
  port: Number(process.env['PORT'] || 0),
});
process.stdout.write(`READY ${address}\n`);

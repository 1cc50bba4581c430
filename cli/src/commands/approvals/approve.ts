import type { CommandModule } from '../../command.ts';
import { defineVerdict } from './verdict.ts';

export const define: CommandModule['define'] = (command, invocation) => defineVerdict(command, invocation, true);

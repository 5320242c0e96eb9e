/** Where the sandbox keeps everything: its Postgres, the workspace, the alarms. */
import { join } from 'node:path';

export const sandboxFolder = join(process.cwd(), '.muster');

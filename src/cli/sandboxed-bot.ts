/** The bot as the sandbox runs it: its command line, and what its manifest, usage and catalog offer people. */
import { readArn } from '../aws/alarm-arn.ts';
import type { Catalog } from '../catalog.ts';
import { pagerVariable } from '../config.ts';
import type { SandboxOptions } from '../sandbox/sandbox.ts';
import { subcommandNames, subcommands } from '../slack/usage.ts';
import { guide } from './guide.ts';
import { manifestEvents } from './manifest.ts';

export const catalogPath = 'muster.yaml';
const signalsToken = 'sandbox-signals-token';

/** @param port where the bot listens; 0: any free one, where nobody can tell it what was answered in a pager. */
export function sandboxedBot(
  catalog: Catalog,
  port: number,
): Required<
  Pick<SandboxOptions, 'bot' | 'alarms' | 'pagers' | 'botUrl' | 'events' | 'shortcuts' | 'commands' | 'guide'>
> {
  return {
    bot: {
      command: [process.execPath, 'src/main.ts'],
      folder: process.cwd(),
      environment: { MUSTER_CATALOG: catalogPath, SIGNALS_TOKEN: signalsToken, PORT: String(port) },
    },
    alarms: catalog.policy.services.flatMap((service) =>
      service.alarms.map(({ alarm, name }) => {
        const place = readArn(alarm);
        return place === null ? { name } : { name, region: place.region, account: place.account };
      }),
    ),
    events: manifestEvents(),
    pagers: catalog.policy.pagers.map(({ name, type }) => ({
      name,
      type,
      keyVariable: pagerVariable(name, 'KEY'),
      urlVariable: type === 'webhook' ? pagerVariable(name, 'URL') : null,
    })),
    botUrl: port === 0 ? null : `http://127.0.0.1:${port}`,
    shortcuts: {
      global: [{ name: 'Declare an incident', callbackId: 'declare_incident' }],
      message: [
        { name: 'Declare an incident from this message', callbackId: 'declare_from_message' },
        { name: 'Add to timeline', callbackId: 'add_to_timeline' },
      ],
    },
    commands: [
      { form: '/incident', takes: '', does: 'A menu of what can be done.' },
      ...subcommandNames.map((name) => ({
        form: `/incident ${name}`,
        takes: subcommands[name].takes,
        does: subcommands[name].does,
      })),
    ],
    guide,
  };
}

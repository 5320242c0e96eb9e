/** The people and channels of a new sandbox: one of each kind that an app can trip over. */
import type { Person, Workspace } from './workspace.ts';

const teamId = 'T0SANDBOX01';

type Seed = { readonly id: string; readonly realName: string; readonly timeZone: string } & Partial<
  Pick<Person, 'kind' | 'deactivated' | 'presence' | 'teamId' | 'quietHours'>
>;

function person(name: string, seed: Seed): Person {
  return {
    teamId,
    kind: 'member',
    deactivated: false,
    presence: 'active',
    quietHours: null,
    ...seed,
    name,
    email: `${name}@sandbox.example`,
  };
}

/** As Slack suggests them. */
const nights = { from: '22:00', to: '08:00' };

const people: readonly Person[] = [
  person('ana', { id: 'U0ANA000001', realName: 'Ana Ribeiro', timeZone: 'Europe/Lisbon' }),
  person('ben', { id: 'U0BEN000002', realName: 'Ben Carter', timeZone: 'America/New_York' }),
  person('chen', {
    id: 'U0CHEN00003',
    realName: 'Chen Wei',
    timeZone: 'Asia/Shanghai',
    presence: 'away',
    quietHours: nights,
  }),
  person('dara', { id: 'U0DARA00004', realName: 'Dara Okafor', timeZone: 'Africa/Lagos' }),
  person('emil', { id: 'U0EMIL00005', realName: 'Emil Lindqvist', timeZone: 'Europe/Stockholm', quietHours: nights }),
  person('farah', { id: 'U0FARAH0006', realName: 'Farah Haddad', timeZone: 'Asia/Dubai' }),
  person('grace', {
    id: 'U0GRACE0007',
    realName: 'Grace Kim',
    timeZone: 'Asia/Seoul',
    presence: 'away',
    quietHours: nights,
  }),
  person('hugo', { id: 'U0HUGO00008', realName: 'Hugo Martín', timeZone: 'America/Mexico_City', quietHours: nights }),
  person('ines', { id: 'U0INES00009', realName: 'Inès Laurent', timeZone: 'Europe/Paris' }),
  person('jonas', { id: 'U0JONAS0010', realName: 'Jonas Weber', timeZone: 'Europe/Berlin' }),
  person('kavya', {
    id: 'U0KAVYA0011',
    realName: 'Kavya Rao',
    timeZone: 'Asia/Kolkata',
    quietHours: { from: '23:30', to: '07:00' },
  }),
  person('liam', {
    id: 'U0LIAM00012',
    realName: 'Liam Nguyen',
    timeZone: 'Australia/Sydney',
    presence: 'away',
    quietHours: nights,
  }),
  person('mia', {
    id: 'U0MIA000013',
    realName: 'Mia Torres',
    timeZone: 'America/Los_Angeles',
    presence: 'away',
    quietHours: nights,
  }),
  person('noor', {
    id: 'U0NOOR00014',
    realName: 'Noor Aziz',
    timeZone: 'Europe/London',
    kind: 'multi-channel guest',
  }),
  person('omar', { id: 'U0OMAR00015', realName: 'Omar Diallo', timeZone: 'Africa/Dakar', deactivated: true }),
  person('petra', { id: 'U0PETRA0016', realName: 'Petra Novak', timeZone: 'Europe/Prague', teamId: 'T0OUTSIDE01' }),
];

const everyone = people.filter((one) => one.kind === 'member' && !one.deactivated && one.teamId === teamId);

/** A workspace of sixteen people in many time zones; one is a guest, one left, one is of another team. */
export const seedWorkspace: Workspace = {
  team: { id: teamId, name: 'Sandbox', domain: 'sandbox' },
  app: { id: 'A0SANDBOX01', botId: 'B0SANDBOX01', botUserId: 'U0BOT000000', botName: 'incident-bot' },
  people,
  channels: [
    {
      id: 'C0GENERAL01',
      name: 'general',
      topic: 'Everything that concerns everyone',
      isPrivate: false,
      members: everyone.map((one) => one.name),
    },
    {
      id: 'C0INCIDENTS',
      name: 'incidents',
      topic: 'What is broken now, and where it is worked on',
      isPrivate: false,
      members: everyone.map((one) => one.name),
    },
    {
      id: 'C0PAYMENTS1',
      name: 'team-payments',
      topic: 'Payments and billing',
      isPrivate: false,
      members: ['ana', 'ben', 'chen', 'dara', 'noor'],
    },
    {
      id: 'C0PLATFORM1',
      name: 'team-platform',
      topic: 'Networks, databases, deploys',
      isPrivate: false,
      members: ['emil', 'farah', 'grace', 'hugo', 'kavya'],
    },
    {
      id: 'C0STOREFRON',
      name: 'team-storefront',
      topic: 'What customers see',
      isPrivate: false,
      members: ['ines', 'jonas', 'liam', 'mia'],
    },
    {
      id: 'C0LEADERS01',
      name: 'leadership',
      topic: 'Private',
      isPrivate: true,
      members: ['ana', 'ines'],
    },
  ],
  userGroups: [
    {
      id: 'S0PLATFORM1',
      handle: 'platform-oncall',
      name: 'Platform on call',
      members: ['U0EMIL00005', 'U0GRACE0007'],
      disabled: false,
    },
    {
      id: 'S0CHECKOUT01',
      handle: 'checkout-oncall',
      name: 'Checkout on call',
      members: ['U0BEN000002', 'U0DARA00004'],
      disabled: false,
    },
    {
      id: 'S0DATABASE01',
      handle: 'accounts-db-oncall',
      name: 'Accounts database on call',
      members: ['U0KAVYA0011', 'U0EMIL00005'],
      disabled: false,
    },
    {
      id: 'S0SUPPORT001',
      handle: 'support',
      name: 'Customer support',
      members: ['U0INES00009', 'U0LIAM00012', 'U0MIA000013'],
      disabled: false,
    },
    {
      id: 'S0OLDPAGER01',
      handle: 'old-pager',
      name: 'The old pager',
      members: ['U0HUGO00008'],
      disabled: true,
    },
  ],
};

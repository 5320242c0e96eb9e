/** A realistic incident of two and a half hours over midnight, with everything a draft has to cope with. */
import type { RedAlarm } from '../../src/incident/event.ts';
import { ana, ben, checkoutAlarm, chi, deploys, person, record, system, watched } from './record.ts';
import type { RowBuilder } from './record.ts';

const room = 'https://acme.slack.com/archives/C0INC0001/p17636';
const red = (name: string): Pick<RedAlarm, 'watch'> => ({ watch: watched(name) });

export function checkoutIncident(): RowBuilder {
  const responder = person(ben);
  return record('2026-11-20')
    .signal('22:31', 'change', 'checkout 2026.11.20-3 deployed to production.', {
      recordedAt: '22:52:30',
      link: 'https://deploys.example.com/checkout/2026.11.20-3',
    })
    .signal('22:50', 'page', 'checkout-5xx paged the payments team.', { recordedAt: '22:52:30' })
    .declare('22:52:30', { severity: 'SEV3', link: `${room}000001` })
    .row(
      '22:52:30',
      { kind: 'detected', detection: { by: 'person', firstBreachAt: Date.parse('2026-11-20T22:45:00Z') } },
      'Detected by a person, 7 min after the first breach (22:45 UTC).',
      { by: system },
    )
    .row(
      '22:48',
      {
        kind: 'alarms joined',
        alarms: [
          { ...red('checkout-5xx'), since: Date.parse('2026-11-20T22:48:00Z'), because: '4.2 % of requests failed' },
          { ...red('checkout-latency'), since: Date.parse('2026-11-20T22:50:30Z'), because: 'p99 of 3.1 s > 2 s' },
        ],
      },
      'checkout-5xx and checkout-latency are red.',
      { by: checkoutAlarm, recordedAt: '22:52:40' },
    )
    .role('22:52:30', 'commander', ana)
    .page('22:52:31', 'checkout', [ben])
    .row(
      '22:52:33',
      { kind: 'room opened', channel: 'C0INC0001', name: 'inc-1-checkout-fails' },
      'War room opened: #inc-1-checkout-fails',
      { by: system },
    )
    .takes('22:54', 'checkout', ben)
    .note('22:57', 'impact', 'About one in twenty payments fails; the app says "try again later".', {
      by: responder,
      link: `${room}000002`,
    })
    .row(
      '22:58',
      { kind: 'severity changed', from: 'SEV3', to: 'SEV2' },
      'Severity SEV2 (was SEV3): payments are affected',
    )
    .note(
      '23:01',
      'hypothesis',
      'The payment provider is slow; Ben Okafor saw timeouts to it. Graph: https://graphs.example.com/d/pay_ments?from=now-1h',
      { by: responder },
    )
    .note(
      '23:09',
      'observation',
      'Provider status is green and <@U0000CHI3> sees normal latency from another region.',
      { link: `${room}000003` },
    )
    .note('23:09', 'hypothesis dropped', 'Provider ruled out.', { by: responder })
    .note(
      '23:12',
      'hypothesis',
      'max_connections of the orders database is used up: <https://graphs.example.com/d/orders|orders graph> &amp; pool metrics agree.',
      { by: responder },
    )
    .row(
      '23:14',
      { kind: 'identified' },
      'Identified: the new release opens one pool per worker instead of one per process',
    )
    .note(
      '23:15',
      'decision',
      '<!here> roll back to 2026.11.20-2. Asked @bokafor and Chi Nguyen: no objections. Reason: fastest way back.',
    )
    .note(
      '23:21',
      'setback',
      'Rollback stuck: the deploy tool could not reach its own database.\nIt shares the orders cluster.\n# not a heading',
      { by: responder },
    )
    .row(
      '23:22',
      { kind: 'role given', role: 'commander', person: chi, provisional: false },
      `<@${chi}> leads as commander, handed over by <@${ana}>.`,
    )
    .note('23:24', 'decision', 'Raise the connection limit by hand; Ana should have access from the last exercise.', {
      by: person(chi),
    })
    .note('23:20', 'action', 'Opened a second shell on the database host.', { by: responder, recordedAt: '23:31' })
    .note('23:51', 'mitigation', 'Connection limit raised from 500 to 1,500; errors fall.', {
      by: responder,
      link: `${room}000004`,
    })
    .row('23:53', { kind: 'mitigated' }, 'Mitigated: payments go through again', { by: person(chi) })
    .row(
      '23:40',
      { kind: 'blinded', place: 'eu-west-1 (production)' },
      'Blind in eu-west-1 (production) since 23:40 UTC: throttled.',
      {
        by: system,
        recordedAt: '23:43',
      },
    )
    .row(
      '23:46',
      { kind: 'seen again', place: 'eu-west-1 (production)' },
      'CloudWatch in eu-west-1 (production) can be read again, after 6 min.',
      { by: system },
    )
    .changed('23:54', 'ok', ['checkout-latency'], { recordedAt: '23:56' })
    .changed('23:56', 'ok', ['checkout-5xx'])
    .row(
      '2026-11-21 00:06',
      { kind: 'recovery proved' },
      'Recovery proved: checkout-5xx green for 10 min (since 23:56 UTC), 0.1 % at 00:05; checkout-latency green for 12 min (since 23:54 UTC).',
      { by: system },
    )
    .row('2026-11-21 00:30', { kind: 'responder stood down', person: ben }, `<@${ben}> stands by.`, { by: person(chi) })
    .signal('2026-11-21 00:41', 'change', 'checkout 2026.11.20-4 deployed to production.', { by: deploys })
    .note('2026-11-21 00:55', 'note', 'Follow-up: give the deploy tool its own database.', { by: person(chi) })
    .row('2026-11-21 01:02', { kind: 'resolved' }, 'Resolved: release with one pool per process is out', {
      by: person(chi),
    })
    .row('2026-11-21 01:30', { kind: 'closed' }, 'Closed.', { by: person(chi) });
}

import { describe, expect, it } from 'vitest';
import { arnOf, countIncidents, declareLed, draftsOf } from '../harness/alarms.ts';
import { inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

describe.concurrent('two incidents that turn out to be one', { timeout: 300_000 }, () => {
  it('are merged once somebody confirms it: people, services and alarms go along, and both timelines are kept', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await declareLed(story);
      await story.inRoom('ana', 'note carts are emptied');
      await story.type('dara', 'declare sev1 search: nothing is found');
      const other = await story.roomOf(2);
      await story.after('5s');
      await story.inRoom('dara', 'lead', 2);
      await story.inRoom('emil', 'join', 2);
      await story.inRoom('dara', 'note the index is empty', 2);
      aws.alarms.setState(arnOf('search-errors'), 'ALARM');
      await story.after('1m');

      await story.inRoom('dara', 'merge INC-1', 2);
      await story.told(
        'dara',
        /^Merge INC-2 \(nothing is found\) into INC-1 \(payments fail\)\? .*This can't be undone\./,
      );
      expect((await story.incident(2)).status).toBe('investigating');
      await story.pressOwn('dara', 'Yes, Merge into INC-1');
      await story.sees(/^Merged into INC-1: it is the same incident\. Please go on there: `\/incident join INC-1`/, 2);
      await story.sees(/^INC-2 \(nothing is found\) is the same incident: /);
      await story.sees(/^Severity SEV1 \(was SEV2\): as INC-2 was/);
      await story.after('1m');

      expect(await story.incident(2)).toMatchObject({ status: 'cancelled', mergedInto: 1 });
      const merged = await story.incident();
      expect(merged).toMatchObject({ services: ['checkout', 'search'], severity: 'SEV1', merged: [2] });
      expect(merged.roles.commander).toBe(people.ana);
      const watched = merged.watches.map(({ name, verdict }) => [name, verdict]);
      expect(watched).toContainEqual(['search-errors', 'alarm']);
      expect(slack.channel(await story.roomOf())?.members).toEqual(
        expect.arrayContaining([people.dara, people.emil, people.farah]),
      );
      expect(slack.channel(other)?.topic.value).toContain('INC-2');

      // The alarm is known where work goes on, and nowhere else.
      await story.after('6m');
      expect(await countIncidents(story)).toBe(2);
      const rows = (await story.timeline(2)).length;
      aws.alarms.setState(arnOf('search-errors'), 'OK');
      await story.after('1m');
      expect((await story.timeline(2)).length).toBe(rows);
      expect((await story.incident()).watches.every(({ verdict }) => verdict === 'ok')).toBe(true);

      await story.inRoom('ana', 'resolve index rebuilt');
      await story.inRoom('ana', 'close');
      await eventually(
        () => draftsOf(story).some(({ name }) => name === 'inc-1-postmortem.md'),
        'the draft is uploaded',
      );
      const draft = draftsOf(story).find(({ name }) => name === 'inc-1-postmortem.md');
      const text = draft?.content().toString() ?? '';
      expect(text).toContain('carts are emptied');
      expect(text).toContain('the index is empty');
      expect(text).not.toContain(people.dara);
    }));

  it('are not merged by who works on neither, nor into what is over', () =>
    inStory(async (story) => {
      await declareLed(story);
      await story.type('dara', 'declare sev3 search: nothing is found');
      await story.roomOf(2);
      await story.after('5s');
      await story.type('hugo', 'merge INC-2 INC-1');
      await story.told('hugo', /^Only people who are working on INC-2 or INC-1 can do that\./);
      await story.inRoom('ana', 'resolve rolled back');
      await story.type('dara', 'merge INC-2 INC-1');
      await story.told('dara', /^INC-1 is resolved, so it can't be merged\./);
      expect((await story.incident(2)).mergedInto).toBeNull();
    }));
});

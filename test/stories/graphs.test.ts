import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { arnOf, declareLed, picturesIn } from '../harness/alarms.ts';
import { textOf } from '../harness/seen.ts';
import { inStory, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const shape = z.object({ slack_file: z.object({ id: z.string() }), alt_text: z.string() });

type Picture = { readonly ts: string; readonly file: string; readonly alt: string; readonly threadTs: string | null };

/** The only picture of the room. */
async function picture(story: Story): Promise<Picture> {
  const room = await story.roomOf();
  await eventually(() => picturesIn(story, room).length > 0, 'there is a picture');
  const [message, ...more] = picturesIn(story, room);
  expect(more).toEqual([]);
  const block = message?.blocks.find(({ type }) => type === 'image');
  const { slack_file: file, alt_text: alt } = shape.parse(block);
  return { ts: message?.ts ?? '', threadTs: message?.threadTs ?? null, file: file.id, alt };
}

function bytesOf({ slack }: Story, id: string): Buffer {
  return (
    slack
      .files()
      .find((file) => file.id === id)
      ?.content() ?? Buffer.alloc(0)
  );
}

describe.concurrent('a picture', { timeout: 300_000 }, () => {
  it('of the red alarm stands under the card, in words too, and is replaced as things go on', () =>
    inStory(async (story) => {
      const { aws, slack } = story;
      aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
      await story.after('90s');
      await declareLed(story);
      const card = slack.pins(await story.roomOf())[0]?.ts;
      const first = await picture(story);
      expect(first.threadTs).toBe(card);
      expect([...bytesOf(story, first.file).subarray(0, 8)]).toEqual(png);
      expect(bytesOf(story, first.file).length).toBeGreaterThan(2_000);
      expect(first.alt).toMatch(
        /^checkout-5xx from \d\d:\d\d to \d\d:\d\d UTC: .*above the threshold of 80.*Marked: declared/,
      );
      const asked = aws.calls.find(({ operation }) => operation === 'GetMetricWidgetImage');
      expect(JSON.stringify(asked?.input)).toContain('declared');

      await story.after('4m');
      aws.alarms.setState(arnOf('checkout-5xx'), 'OK');
      await story.after('2m');
      await story.inRoom('ana', 'mitigated rolled back');
      const second = await picture(story);
      expect(second).toMatchObject({ ts: first.ts });
      expect(second.file).not.toBe(first.file);
      expect(second.alt).toMatch(/Marked: declared .*mitigated/);
      expect(bytesOf(story, second.file).equals(bytesOf(story, first.file))).toBe(false);

      await story.after('2m');
      await story.inRoom('ben', 'graph');
      await eventually(async () => (await picture(story)).file !== second.file, 'it is drawn anew');
      expect((await picture(story)).ts).toBe(first.ts);
    }));

  it('is drawn by ourselves where CloudWatch may not be asked for one', () =>
    inStory(async (story) => {
      const { aws } = story;
      const operation = 'GetMetricWidgetImage';
      aws.inject({ service: 'cloudwatch', operation, kind: 'status', status: 403, code: 'AccessDenied', times: 1_000 });
      aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
      await story.after('90s');
      await declareLed(story);
      const { file, alt } = await picture(story);
      expect([...bytesOf(story, file).subarray(0, 8)]).toEqual(png);
      expect(bytesOf(story, file).length).toBeGreaterThan(2_000);
      expect(alt).toMatch(/^checkout-5xx from .*threshold of 80/);
      expect(textOf(story.slack.pins(await story.roomOf())[0] ?? {})).toContain('checkout-5xx');
    }));

  it('is not to be had where no alarm is watched', () =>
    inStory(async (story) => {
      await declareLed(story, 'sev3 accounts-db: nobody can log in');
      await story.inRoom('ana', 'graph');
      await story.after('10s');
      expect(picturesIn(story, await story.roomOf())).toEqual([]);
    }));
});

/** The sandbox's guide: an incident from the command to the draft, in words for somebody who sees Muster for the first time. */
import type { Guide } from '../sandbox/page-world.ts';

const incidents = /^incidents$/;
const room = /^inc-\d+-/;

export const guide: Guide = {
  title: 'Your first incident.',
  steps: [
    {
      text: 'Customers cannot pay. Say so in #incidents and send it: a room opens, and whoever answers for checkout is paged.',
      where: incidents,
      write: '/incident declare sev2 checkout: payments fail for everyone',
      done: { channel: room },
    },
    {
      text: 'This room is for this incident alone. Write down what you suspect; every note becomes a line of the timeline.',
      where: room,
      write: '/incident note hypothesis: the new connection pool is too small',
      done: { message: /^\*Hypothesis\*/ },
    },
    {
      text: 'You rolled back, and payments go through again. Say so, then confirm with the button that only you see.',
      where: room,
      write: '/incident mitigated rolled back to 4.2',
      done: { message: /mitigated/i },
    },
    {
      text: 'The alarms agree: nothing is red any more. Say that it is over, and confirm.',
      where: room,
      write: '/incident resolve rolled back for good, payments work',
      done: { message: /resolved/i },
    },
    {
      text: 'Close it. The draft of the postmortem is written from the timeline and comes into the room as a file.',
      where: room,
      write: '/incident close',
      done: { file: /postmortem\.md$/ },
    },
  ],
  end: 'The draft is in the room: press Open under it and read. Next, declare another one and answer its page as Ben (“You are”, at the top, then the direct message). Or in the panel “World” kill the bot in the middle, break an alarm or move the clock on.',
};

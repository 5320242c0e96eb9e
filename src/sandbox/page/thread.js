/** A message with its replies, beside the channel. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, useHere } from './html.js';
import { Message } from './message.js';

export function Thread({ ts }) {
  const here = useHere();
  const { room, me } = here;
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [gone, setGone] = useState([]);
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  const parent = room.messages.find((one) => one.ts === ts);
  const own = room.ephemerals
    .filter((one) => one.threadTs === ts && !gone.includes(one.id))
    .map((one) => ({ ...one, onlyYou: true }));
  const replies = [...(parent?.replies ?? []), ...own].toSorted((a, b) => Number(a.ts) - Number(b.ts));
  const dismiss = (id) => setGone((all) => [...all, id]);
  const reply = async (event) => {
    event.preventDefault();
    const words = text.trim();
    if (words === '') return;
    if (words.startsWith('/')) return setProblem('Slash commands do not work in threads, as in Slack.');
    setProblem('');
    setText('');
    const said = await here.send({ do: 'say', user: me.id, channel: room.id, text: words, threadTs: ts });
    if (said.message) setText(words);
  };
  const enter = (event) => {
    if (event.key === 'Escape') here.closeThread();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    void reply(event);
  };
  return html`<section class="side thread" aria-label="Thread">
    <div class="title">
      <h2>Thread</h2>
      <button type="button" onClick=${here.closeThread}>Close</button>
    </div>
    ${
      parent === undefined
        ? html`<p class="quiet">This message is gone.</p>`
        : html`<ol>
            ${[parent, ...replies].map(
              (entry) => html`<${Message} key=${entry.id ?? entry.ts} ...${{ entry, dismiss }} inThread=${true} />`,
            )}
          </ol>`
    }
    ${
      room.member &&
      !room.archived &&
      html`<form onSubmit=${reply}>
        <label class="unseen" for="reply">Reply in thread</label>
        <textarea
          id="reply"
          ref=${box}
          rows="2"
          placeholder="Reply"
          value=${text}
          onInput=${(event) => setText(event.currentTarget.value)}
          onKeyDown=${enter}
        ></textarea>
        <button type="submit" class="primary">Reply</button>
      </form>`
    }
    <p class="wrong" role="alert">${problem}</p>
  </section>`;
}

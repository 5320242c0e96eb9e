/** A short guide for the first visit: one step at a time; the sandbox sees by itself when one is done. */
import { Button, html, useHere } from './html.js';

export function Guide() {
  const here = useHere();
  const { guide } = here.state;
  if (guide === null) return null;
  const begin = () => here.setGuide(String(Math.floor(here.now() / 1000)));
  if (here.guide === 'dismissed') {
    return html`<div class="guide-again">
      <button type="button" class="link" onClick=${begin}>Show the guide</button>
    </div>`;
  }
  const step = guide.steps[guide.done];
  const place = step?.channel ?? null;
  const isElsewhere = place !== null && place.id !== here.room?.id;
  const write = () => {
    here.write(step.write);
    document.querySelector('#text')?.focus();
  };
  return html`<section class="guide" aria-label="Guide">
    <div role="status">
      <p>
        <b>${guide.title}</b>${' '}
        <span class="quiet">${step === undefined ? 'Done' : `Step ${guide.done + 1} of ${guide.steps.length}`}</span>
      </p>
      <p>${step === undefined ? guide.end : step.text}</p>
    </div>
    <progress max=${guide.steps.length} value=${guide.done} aria-label="Steps done"></progress>
    <div class="actions">
      ${
        isElsewhere &&
        html`<button type="button" class="primary" onClick=${() => here.open(place.id)}>Open #${place.name}</button>`
      }
      ${step?.write && !isElsewhere && html`<button type="button" class="primary" onClick=${write}>Write it for me</button>`}
      ${guide.done > 0 && html`<${Button} press=${begin}>Begin again<//>`}
      <${Button} press=${() => here.setGuide('dismissed')}>${step === undefined ? 'Close' : 'Dismiss'}<//>
    </div>
  </section>`;
}

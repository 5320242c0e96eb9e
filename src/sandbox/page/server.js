/** The line to the sandbox: reads what one person sees, says what they do, hears of every change. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Alarms are drawn over time, also when nothing else changes. */
const readAgainMillis = 30_000;
const connectAgainMillis = 1_000;

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
  return answer.json();
}

/** Does what the person asks. `lost` is true when the sandbox did not hear of it. */
export async function act(action) {
  try {
    const answer = await fetch('/api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    return await answer.json();
  } catch {
    return { lost: true, message: 'The sandbox does not answer, so nothing was sent. Is it still running?' };
  }
}

/**
 * What the person sees: `{ state, room, connected, refresh }`, kept up to date. When the line breaks, the last that was
 * seen stays, and everything is read again once the sandbox is back.
 */
export function useSandbox({ user, channel, since }) {
  const [seen, setSeen] = useState({ state: null, room: null });
  const [connected, setConnected] = useState(true);
  const wanted = useRef({});
  wanted.current = { user, channel, since };
  const reader = useRef(null);
  reader.current ??= makeReader(wanted, setSeen);
  const refresh = reader.current;

  useEffect(() => {
    refresh();
  }, [user, channel, since]);

  useEffect(() => {
    let source;
    let retry;
    const connect = () => {
      source = new EventSource('/api/changes');
      source.addEventListener('message', () => {
        setConnected(true);
        refresh();
      });
      source.addEventListener('error', () => {
        setConnected(false);
        source.close();
        retry = setTimeout(connect, connectAgainMillis);
      });
    };
    connect();
    const again = setInterval(() => void refresh(), readAgainMillis);
    window.addEventListener('focus', refresh);
    return () => {
      source.close();
      clearTimeout(retry);
      clearInterval(again);
      window.removeEventListener('focus', refresh);
    };
  }, []);
  return { ...seen, connected, refresh };
}

/** Reads everything again; what happens meanwhile makes one more round. */
function makeReader(wanted, setSeen) {
  let running = null;
  let again = false;
  const read = async () => {
    const { user, channel, since } = wanted.current;
    const state = await get(`/api/state?user=${encodeURIComponent(user)}&since=${since}`);
    const known = state.channels.some(({ id }) => id === channel) ? channel : (state.channels[0]?.id ?? '');
    const room = await get(`/api/channel?user=${state.me}&channel=${encodeURIComponent(known)}`);
    const isStale = user !== wanted.current.user || channel !== wanted.current.channel;
    if (!isStale) setSeen({ state, room });
  };
  return function refresh() {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        // The line says by itself when the sandbox is away.
        await read().catch(() => undefined);
      }
      running = null;
    })();
    return running;
  };
}

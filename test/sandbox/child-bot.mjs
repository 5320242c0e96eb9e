/** The smallest bot: says on starting what it was given, and does nothing more. */
const { SLACK_API_URL, SLACK_BOT_TOKEN, DATABASE_URL, AWS_PROFILE, MODE } = process.env;

async function call(method, args) {
  const answer = await fetch(SLACK_API_URL + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${SLACK_BOT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return answer.json();
}

await call('conversations.join', { channel: 'C0INCIDENTS' });
const text = `mode ${MODE}, profile ${AWS_PROFILE}, database ${/@127.0.0.1:/.test(DATABASE_URL)}`;
await call('chat.postMessage', { channel: 'C0INCIDENTS', text });
setInterval(() => undefined, 1000);
